/** The device's database together with the box that seals what is put into it. */
import { isQuota } from './quota.js';
import { recall, remember } from './db.js';

/**
 * @param {import('dexie').Dexie} db
 * @param {ReturnType<import('../lock/box.js').createBox>} box
 */
export function createStore(db, box) {
  return {
    db,
    box,
    /** A sealed small value, e.g. the last bootstrap. */
    keep: async (key, value) => remember(db, key, await box.seal(value, `meta/${key}`)),
    async kept(key) {
      const sealed = await recall(db, key);
      return sealed?.data ? box.open(sealed, `meta/${key}`) : undefined;
    },
    /** Write; when the phone is full, throw away what can be fetched again and write once more. */
    async roomy(write) {
      try {
        return await write();
      } catch (error) {
        if (!isQuota(error) || !(await db.thumb.count())) throw error;
        await db.thumb.clear();
        return write();
      }
    },
  };
}
