/** Batches as the server takes them: at most 50 ops and 256 KiB. */

export const MOST_OPS = 50;
export const MOST_BYTES = 256 * 1024;
const ENVELOPE = 64;

const size = (op) => new TextEncoder().encode(JSON.stringify(op)).length + 1;

/** @template T @param {T[]} ops @returns {T[][]} in order; an op that is too big alone stands alone */
export function batches(ops) {
  const found = [];
  let room = 0;
  for (const op of ops) {
    const bytes = size(op);
    if (!found.length || found[found.length - 1].length >= MOST_OPS || bytes > room) {
      found.push([]);
      room = MOST_BYTES - ENVELOPE;
    }
    found[found.length - 1].push(op);
    room -= bytes;
  }
  return found;
}
