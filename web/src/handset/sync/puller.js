/** When the phone asks what is new: at unlocking, back online, back in view, after sending, every minute, by hand. */
import { Failure } from '@/shared/api/failure.js';
import { recall, remember } from '../store/db.js';
import { check } from './check.js';
import { pullLists } from './legacy.js';
import { pull } from './pull.js';

const EVERY_MS = 60_000;
const CHECK_MS = 24 * 3600_000;

/** @param {{store: object, client: object, username: () => string|null, onState: (state: object) => void}} parts */
export function createPuller({ store, client, username, onState }) {
  let running = null;
  let timer = null;
  let isOld = false;

  function run() {
    running ??= alone(round).finally(() => {
      running = null;
      clearTimeout(timer);
      timer = setTimeout(run, EVERY_MS * (0.9 + Math.random() * 0.2));
    });
    return running;
  }

  async function round() {
    const owner = username();
    if (!owner || globalThis.document?.visibilityState === 'hidden') return;
    onState({ isPulling: true });
    try {
      await newest(owner);
      const at = Date.now();
      await remember(store.db, `pulled/${owner}`, at);
      onState({ isPulling: false, at, trouble: '' });
      if (!isOld) await checkSometimes(owner);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      onState({ isPulling: false, trouble: error.message });
    }
  }

  async function newest(owner) {
    if (isOld) return pullLists(store, client, owner);
    try {
      return await pull(store, client, owner);
    } catch (error) {
      if (error.status !== 404) throw error;
      isOld = true;
      return pullLists(store, client, owner);
    }
  }

  async function checkSometimes(owner) {
    const key = `checked/${owner}`;
    if (Date.now() - ((await recall(store.db, key)) ?? 0) < CHECK_MS) return;
    await check(store, client, owner);
    await remember(store.db, key, Date.now());
  }

  /** Everything anew: forget where we were and ask from the start. */
  async function full() {
    await store.db.meta.delete(`cursor/${username()}`);
    await store.db.meta.delete(`checked/${username()}`);
    return run();
  }

  return { run, full, stop: () => clearTimeout(timer) };
}

/** Two windows of one phone share the rows; one of them asks. */
function alone(work) {
  const locks = globalThis.navigator?.locks;
  return locks ? locks.request('wangge-pull', { ifAvailable: true }, (lock) => (lock ? work() : undefined)) : work();
}
