/** Does the phone hold what the server thinks it holds? A hash a collection; what differs is mended row by row. */
import { sha256 } from '@/shared/photo/hash.js';
import { applyPage } from './apply.js';

export const COLLECTIONS = ['event', 'task', 'notice', 'record', 'checkpoint'];

/** Of `id:rev` lines in the order of the ids. */
export const digest = (rows) => sha256(new TextEncoder().encode(
  rows.map(({ id, rev }) => [id, rev]).sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, rev]) => `${id}:${rev}\n`).join(''),
));

/** @returns {Promise<string[]>} the collections that had to be mended */
export async function check(store, client, username) {
  const collections = {};
  for (const c of COLLECTIONS) {
    const rows = await held(store.db, username, c);
    collections[c] = { count: rows.length, hash: await digest(rows) };
  }
  const { data } = await client.post('/sync/check', { collections });
  const differing = Object.keys(data.collections).filter((c) => data.collections[c] === 'differs');
  for (const c of differing) await mend(store, client, username, c);
  return differing;
}

async function mend(store, client, username, c) {
  for (let rounds = 0; rounds < 50; rounds += 1) {
    const items = { [c]: (await held(store.db, username, c)).map(({ id, rev }) => [id, rev]) };
    const { data } = await client.post('/sync/check', { items });
    await applyPage(store, { username, changes: data.changes, run: '' });
    if (!data.has_more) return;
  }
}

/** Rows the server knows of; what I made and it has not seen is no difference. */
async function held(db, username, c) {
  return (await db.row.where({ username, c }).toArray()).filter(({ rev }) => rev !== null);
}
