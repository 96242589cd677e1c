/** What the handset keeps on the device: drafts, unsent work, its photos, receipts, and the last bootstrap. */
import Dexie from 'dexie';

export function openDb(name = 'wangge-handset') {
  const db = new Dexie(name);
  db.version(1).stores({
    draft: 'key',
    outbox: 'client_id, username',
    photo: '[client_id+sha256], client_id',
    receipt: 'client_id, username, made_at',
    meta: 'key',
  });
  return db;
}

/** A small value under a key, e.g. the last bootstrap of a user. */
export const remember = (db, key, value) => db.meta.put({ key, value });

export async function recall(db, key) {
  return (await db.meta.get(key))?.value;
}
