/** When the outbox is sent: at start, back online, back in view, by a timer that backs off, by the button. */
import { Failure } from '@/shared/api/failure.js';
import { mediaBytes } from './draft.js';
import { acknowledge, mark, ownWork, rebase } from './queue.js';
import { later, settle } from './settle.js';
import { batches } from './size.js';

const SHORTEST_MS = 5_000;
const LONGEST_MS = 600_000;
const WAITING = {
  offline: '没有网络。内容都在本机，有网后自动上报。',
  timeout: '网络太慢，没有送完。内容都在本机，会自动再送。',
  portal: '网络被别的页面拦住了（例如要先登录无线网）。内容都在本机，通了就自动上报。',
  'signed-out': '登录已过期。内容都在本机，登录后自动上报。',
};
const LOST = '手机里找不到这张照片了，可能被系统清理。文字和位置不受影响。';

/**
 * @param {{store: object, ways: ReturnType<import('./ways.js').createWays>, username: () => string|null,
 *   takes?: (kind: string) => boolean,
 *   onSettled?: (work: object, result: object|undefined) => Promise<void>|void, onStopped?: (error: Failure) => void}} parts
 *   takes: whether the server takes this kind of work; what it does not stays here unsent.
 *   username: whose rows may be sent now; null when nobody is signed in or the phone is locked.
 */
export function createFlusher({ store, ways, username, takes = () => true, onSettled = () => {}, onStopped = () => {} }) {
  let running = null;
  let timer = null;

  /** Send what is due; hurried (by hand, or the network is back): also what waits out its pause. Never twice at once. */
  function flush({ isHurried = false } = {}) {
    running ??= exclusively(() => round((work) => isHurried || work.next_at <= Date.now())).finally(() => {
      running = null;
      return schedule();
    });
    return running;
  }

  async function round(isDue) {
    const owner = username();
    if (!owner) return;
    // What builds on work not yet through goes in the next turn, with the number the server gave meanwhile.
    for (let turns = 0; turns < 10; turns += 1) {
      const words = free(await ownWork(store, owner)).filter((work) => work.is === 'waiting' && takes(work.kind) && isDue(work));
      if (!words.length) break;
      for (const batch of batches(words.map(toOp))) {
        const some = words.splice(0, batch.length);
        if (username() !== owner || !(await sendWords(batch, some))) return;
      }
    }
    const sent = (await ownWork(store, owner)).filter((work) => work.is === 'sent' && isDue(work));
    for (const work of sent) {
      if (username() !== owner || !(await sendMedia(work))) return;
    }
  }

  /** @returns {Promise<boolean>} whether it is worth going on */
  async function sendWords(batch, works) {
    let results;
    try {
      results = await ways.push(batch);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      for (const work of works) await later(store, work, { status: 'retry', reason: said(error) }, error.retryAfter_s);
      onStopped(error);
      return false;
    }
    for (const work of works) {
      const result = results.find(({ op_id }) => op_id === work.op_id);
      await settle(store, work, result);
      if (result?.rev) await rebase(store, work, result.rev);
      await onSettled(work, result);
    }
    return true;
  }

  /** Photo by photo; one the server refuses does not hold back the others. */
  async function sendMedia(work) {
    let refusal = null;
    for (const media of work.media.filter(({ state }) => state !== 'sent')) {
      try {
        await sendOne(work, media);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        if (error.isPassing || error.kind === 'signed-out' || error.status === 401) return delayed(work, error);
        refusal = error;
      }
    }
    if (refusal) await mark(store, work.op_id, { is: 'parked' }, { ...work.fate, status: 'media', reason: refusal.message });
    else await acknowledge(store, work);
    return true;
  }

  async function delayed(work, error) {
    await later(store, work, { reason: photoWords(work, error) }, error.retryAfter_s);
    const goesOn = error.kind === 'problem' && error.status !== 401;
    if (!goesOn) onStopped(error);
    return goesOn;
  }

  async function sendOne(work, media) {
    const bytes = await mediaBytes(store, media.media_id).catch(() => null);
    if (!bytes) throw new Failure('problem', { status: 410, problem: { detail: LOST } });
    const keepUrl = (upload_url) => store.db.media.update(media.media_id, { upload_url });
    await ways.upload(work.op_id, media, bytes, keepUrl);
    media.state = 'sent';
    await store.db.media.update(media.media_id, { state: 'sent' });
  }

  async function schedule() {
    clearTimeout(timer);
    const owner = username();
    if (!owner) return;
    const times = (await store.db.op.where({ username: owner }).toArray())
      .filter(({ is, kind }) => is !== 'parked' && takes(kind)).map(({ next_at }) => next_at);
    clearTimeout(timer);
    if (!times.length) return;
    const next_ms = Math.min(...times) - Date.now();
    timer = setTimeout(() => flush(), Math.min(Math.max(next_ms, SHORTEST_MS), LONGEST_MS));
  }

  function start() {
    globalThis.addEventListener('online', () => flush({ isHurried: true }));
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && flush());
    return flush();
  }

  return { flush, start, stop: () => clearTimeout(timer) };
}

/** Without what waits for other work of this phone. */
function free(works) {
  const here = new Set(works.filter(({ is }) => is !== 'sent').map(({ op_id }) => op_id));
  return works.filter(({ op }) => !op.depends_on.some((id) => here.has(id)));
}

const said = (error) => WAITING[error.kind] ?? error.message;

/** Three things: what happened, what was kept, what comes next. */
function photoWords({ media }, error) {
  const sent = media.filter(({ state }) => state === 'sent').length;
  const why = error.kind === 'problem' ? error.message : '';
  return `照片没传完（${sent}/${media.length}）。${why}文字和位置已送达。有网后会自动接着传。`;
}

/** The op as it travels: the body as it was queued, its number, its media by name. */
function toOp(work) {
  const media = work.op.media.map(({ media_id, sha256, size, mime, role, shot_at }) => ({ media_id, sha256, size, mime, role, shot_at }));
  return { ...work.op, seq: work.seq, media };
}

function exclusively(work) {
  const locks = globalThis.navigator?.locks;
  if (!locks) return work();
  return locks.request('wangge-outbox', { ifAvailable: true }, (lock) => (lock ? work() : undefined));
}
