/** A handset's store without a browser: an IndexedDB in memory and an open box. */
import 'fake-indexeddb/auto';
import { createBox } from '@/handset/lock/box.js';
import { makeKey } from '@/handset/lock/wrap.js';
import { openDb } from '@/handset/store/db.js';
import { createStore } from '@/handset/store/store.js';

let count = 0;

export async function makeStore() {
  const box = createBox();
  box.hold(await makeKey());
  return createStore(openDb(`handset-${(count += 1)}`), box);
}

export const HASHES = ['a'.repeat(64), 'b'.repeat(64)];
export const PLACE = { lon: 114.72, lat: 22.95, datum: 'wgs84', accuracy_m: 12, provider: 'gps' };
export const photo = (sha256) => ({ sha256, bytes: new Uint8Array([1, 2]).buffer, mime: 'image/jpeg', role: 'near', shot_at: 't' });
