/** Which ways the server offers: batches or single routes for words, pieces or whole puts for photos. */
import { putPhoto } from './put.js';
import { pushBatch, pushHalving } from './push.js';
import { pushSingles } from './single.js';
import { uploadTus } from './tus.js';

const KNOWN_MS = 10 * 60_000;

export function createWays(client) {
  const known = {};

  /** Asked once, then remembered for a while: a server may be renewed under a running app. */
  async function offers(what, ask) {
    const last = known[what];
    if (last && Date.now() - last.at < KNOWN_MS) return last.is;
    const is = await ask().then(() => true, (error) => {
      if (![404, 405].includes(error.status)) throw error;
      return false;
    });
    known[what] = { is, at: Date.now() };
    return is;
  }

  /** @param {import('./op.js').Op[]} ops */
  async function push(ops) {
    let results = [];
    const isBatch = await offers('batch', async () => {
      results = await pushHalving((some) => pushBatch(client, some), ops);
    });
    if (!isBatch) return pushSingles(client, ops);
    return results.length ? results : pushHalving((some) => pushBatch(client, some), ops);
  }

  async function upload(op_id, media, bytes, keepUrl) {
    const isPieces = await offers('pieces', () => client.options('/files'));
    return isPieces ? uploadTus(client, op_id, media, bytes, keepUrl) : putPhoto(client, media, bytes);
  }

  return { push, upload };
}
