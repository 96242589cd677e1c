/** What becomes of a row after the server has spoken about it. */
import { acknowledge, mark } from './queue.js';

const ARRIVED = ['applied', 'duplicate', 'merged'];

/** Milliseconds until the next try: doubling, capped, spread so that phones do not call in chorus. */
export function backoff_ms(tries, retryAfter_s, random = Math.random()) {
  if (retryAfter_s !== undefined) return retryAfter_s * 1000 + random * 2000;
  return Math.min(600_000, 5000 * 2 ** Math.min(tries, 20)) * (0.5 + random / 2);
}

/** @param {object} work a row of ownWork()  @param {object|undefined} result the server's, for exactly this op */
export async function settle(store, work, result) {
  const { status, error = null, server = null, receipt = null, rev = null, retryAfter_s } = result ?? {};
  const fate = { ...work.fate, status: status ?? 'retry', error, server, receipt: receipt ?? work.fate.receipt ?? null, rev };
  if (ARRIVED.includes(status)) return arrived(store, work, { ...fate, reason: '' });
  if (status === 'conflict' || status === 'rejected') {
    return mark(store, work.op_id, { is: 'parked', tries: work.tries + 1 }, { ...fate, reason: error?.message ?? '' });
  }
  return later(store, work, { ...fate, reason: error?.message || '服务器暂时没有办完这一条，会自动再送。' }, retryAfter_s);
}

async function arrived(store, work, fate) {
  if (work.media.some(({ state }) => state !== 'sent')) {
    return mark(store, work.op_id, { is: 'sent', tries: 0, next_at: 0 }, fate);
  }
  return acknowledge(store, { ...work, fate });
}

/** Kept as it is, to be tried again after a pause. */
export function later(store, work, fate, retryAfter_s) {
  const next_at = Date.now() + backoff_ms(work.tries, retryAfter_s);
  return mark(store, work.op_id, { tries: work.tries + 1, next_at }, { ...work.fate, ...fate });
}
