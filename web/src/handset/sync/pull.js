/** What changed since the last time: pages from a cursor; a full pull at first, and whenever the server says 410. */
import { recall } from '../store/db.js';
import { uuid } from '@/shared/uuid.js';
import { applyPage } from './apply.js';

const LIMIT = 500;

/** @returns {Promise<{changed: number, isFull: boolean}>} */
export async function pull(store, client, username) {
  let cursor = (await recall(store.db, `cursor/${username}`)) ?? fresh();
  let changed = 0;
  for (let pages = 0; pages < 1000; pages += 1) {
    const page = await ask(client, cursor);
    if (!page) {
      cursor = fresh();
      continue;
    }
    const isLast = cursor.run !== null && !(page.snapshot ?? page.has_more);
    const next = { value: page.cursor, epoch: page.epoch, run: isLast ? null : cursor.run };
    await applyPage(store, { username, changes: page.changes, cursor: next, run: cursor.run ?? '', isLast });
    changed += page.changes.length;
    const wasFull = cursor.run !== null;
    cursor = next;
    if (!page.has_more) return { changed, isFull: wasFull };
  }
  return { changed, isFull: false };
}

const fresh = () => ({ value: null, epoch: null, run: uuid() });

/** A page, or null when the server wants a full pull. */
async function ask(client, { value }) {
  try {
    return (await client.get('/sync/pull', { query: { cursor: value, limit: LIMIT } })).data;
  } catch (error) {
    if (error.status !== 410 || value === null) throw error;
    return null;
  }
}
