/** When the outbox is sent: at start, back online, back in view, by a timer that backs off, by the button. */
import { Failure } from '@/shared/api/failure.js';
import { acknowledge, ownRows } from './outbox.js';
import { deliver } from './deliver.js';

const SHORTEST_MS = 5_000;
const LONGEST_MS = 600_000;
const WAITING = {
  offline: '没有网络。内容都在本机，有网后自动上报。',
  timeout: '网络太慢，没有送完。内容都在本机，会自动再送。',
  portal: '网络被别的页面拦住了（例如要先登录无线网）。内容都在本机，通了就自动上报。',
  'signed-out': '登录已过期。内容都在本机，登录后自动上报。',
};

/** Milliseconds until the next try: doubling, capped, spread so that phones do not call in chorus. */
export function backoff_ms(tries, retryAfter_s, random = Math.random()) {
  if (retryAfter_s !== undefined) return retryAfter_s * 1000 + random * 2000;
  return Math.min(LONGEST_MS, SHORTEST_MS * 2 ** tries) * (0.5 + random / 2);
}

/**
 * @param {{db: import('dexie').Dexie, client: object, username: () => string|null}} parts
 *   username: whose rows may be sent now; null when nobody is signed in.
 */
export function createFlusher({ db, client, username }) {
  let running = null;
  let timer = null;

  /**
   * Send what is due. Hurried (the network is back): also what waits out its pause; forced (by hand): also what was
   * refused. Tabs and callers never send at once.
   */
  function flush({ isHurried = false, isForced = false } = {}) {
    const isDue = (row) => isForced || (row.is === 'waiting' && (isHurried || row.next_at <= Date.now()));
    running ??= exclusively(() => round(isDue)).finally(() => {
      running = null;
      schedule();
    });
    return running;
  }

  async function round(isDue) {
    const owner = username();
    if (!owner) return;
    for (const row of (await ownRows(db, owner)).filter(isDue)) {
      if (username() !== owner) return;
      if ((await attempt(row)) === 'stop') return;
    }
  }

  async function attempt(row) {
    try {
      await deliver(db, client, row);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      await keep(row, error);
      return error.kind === 'problem' ? 'next' : 'stop';
    }
    await acknowledge(db, row);
    return 'next';
  }

  /** Not sent: the row stays with the reason; refused ones wait for a person. */
  function keep(row, error) {
    const isPassing = error.isPassing || error.kind === 'signed-out';
    return db.outbox.update(row.client_id, {
      is: isPassing ? 'waiting' : 'stuck', reason: WAITING[error.kind] ?? error.message, tries: row.tries + 1,
      next_at: Date.now() + (error.kind === 'signed-out' ? 0 : backoff_ms(row.tries, error.retryAfter_s)),
    });
  }

  async function schedule() {
    clearTimeout(timer);
    const owner = username();
    const waiting = owner ? (await ownRows(db, owner)).filter((row) => row.is === 'waiting') : [];
    if (!waiting.length) return;
    const next_ms = Math.min(...waiting.map((row) => row.next_at)) - Date.now();
    clearTimeout(timer);
    timer = setTimeout(() => flush(), Math.min(Math.max(next_ms, SHORTEST_MS), LONGEST_MS));
  }

  function start() {
    globalThis.addEventListener('online', () => flush({ isHurried: true }));
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && flush());
    return flush();
  }

  return { flush, start, stop: () => clearTimeout(timer) };
}

function exclusively(work) {
  const locks = globalThis.navigator?.locks;
  if (!locks) return work();
  return locks.request('wangge-outbox', { ifAvailable: true }, (lock) => (lock ? work() : undefined));
}
