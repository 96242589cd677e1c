/** This install as the server knows it: enrolled once, heard of by a heartbeat, told when it may no longer work. */
import { reactive } from 'vue';
import { iso, offset_ms } from '@/shared/clock.js';
import { uuid } from '@/shared/uuid.js';
import { recall, remember } from '../store/db.js';
import { storageFacts } from './storage.js';

/** Beside the database: what the system throws away takes the database with it, but not always this. */
const SPARE = 'wangge-canary';
const UUID = /^[0-9a-f-]{36}$/;

export const APP = typeof __APP__ === 'undefined' ? '0' : __APP__;

export const label = () => /Android [\d.]+/.exec(globalThis.navigator?.userAgent ?? '')?.[0] ?? globalThis.navigator?.platform ?? '';

/** @param {{db: import('dexie').Dexie}} parts */
export function createSeat({ db }) {
  /** standing: ok | locked (send what is left, then gone) | wipe. */
  const seat = reactive({ id: '', standing: 'ok', isEvicted: false, needsApp: '' });
  let isOld = false;

  async function load() {
    const spare = globalThis.localStorage?.getItem(SPARE) ?? '';
    seat.isEvicted = Boolean(spare) && !(await recall(db, 'canary'));
    await keepId((await recall(db, 'device')) ?? (UUID.test(spare) ? spare : uuid()));
    await remember(db, 'canary', 1);
  }

  /** So that a phone that lost its database is known as the same one, and the server learns of the loss. */
  async function keepId(id) {
    seat.id = id;
    await remember(db, 'device', id);
    globalThis.localStorage?.setItem(SPARE, id);
  }

  /** Headers of every request. */
  const headers = () => ({ 'X-WG-Device': seat.id, 'X-WG-App': APP, 'X-WG-Device-Time': iso(new Date()) });

  function observe(answer) {
    const standing = answer.get('X-WG-Device-State');
    if (standing) seat.standing = standing;
  }

  async function enroll(client) {
    const json = { device_id: seat.id, label: label(), platform: 'web', app: APP };
    await client.post('/device/enroll', json).catch((error) => {
      if (error.status === 404) isOld = true;
      if (error.slug === 'device-revoked') seat.standing = error.problem.mode === 'wipe' ? 'wipe' : 'locked';
    });
  }

  /** @param {{queue: number, oldest_at: string|null, last_error: string}} facts */
  async function beat(client, username, facts) {
    if (isOld) return;
    const key = `seq/${username}`;
    const seq = (await recall(db, key)) ?? 0;
    try {
      const { data } = await client.post('/device/heartbeat', {
        ...facts, storage: await storageFacts(), clock_offset_ms: Math.round(offset_ms.value), app: APP, canary: seq || (seat.isEvicted ? 0 : null),
      });
      if (data.last_seq > seq) await remember(db, key, data.last_seq);
      if (data.evicted) seat.isEvicted = true;
    } catch (error) {
      if (error.slug === 'device-unknown') await enroll(client);
    }
  }

  /** A wiped seat never comes back; the install gets a new one. */
  async function renew() {
    await keepId(uuid());
    seat.standing = 'ok';
  }

  return { seat, load, headers, observe, enroll, beat, renew };
}
