/**
 * Whose phone this is now and whether it is unlocked. Locking hides everything and lets the data key go; while work
 * is still to be sent the key stays in memory until the queue is empty, so that a locked phone goes on sending.
 */
import { reactive } from 'vue';
import { recall, remember } from '../store/db.js';
import { adopt } from '../outbox/adopt.js';
import { createVault } from './vault.js';

const IDLE_MS = 5 * 60_000;

/** is: 'loading' | 'none' (sign in) | 'setup' (choose a PIN) | 'locked' | 'open'. */
export function createKeeper({ store, iterations, idle_ms = IDLE_MS }) {
  const vault = createVault(store.db, iterations);
  const lock = reactive({ is: 'loading', username: null, left: 5, isBlocked: false, isOtherPassword: false });
  let password = null;
  let activeAt = Date.now();

  /** On start: the last person's phone is locked; without one somebody has to sign in. */
  async function load() {
    const last = await recall(store.db, 'last-user');
    lock.username = last?.username ?? null;
    if (!lock.username || !(await vault.find(lock.username))) {
      lock.is = 'none';
      return;
    }
    lock.isBlocked = await vault.isBlocked(lock.username);
    lock.is = 'locked';
  }

  async function open(key) {
    store.box.hold(key);
    await adopt(store, lock.username);
    lock.left = 5;
    lock.isBlocked = false;
    lock.isOtherPassword = false;
    activeAt = Date.now();
    lock.is = 'open';
  }

  /** @returns {Promise<boolean>} */
  async function unlock(pin) {
    const { key, left } = await vault.unlock(lock.username, pin);
    lock.left = left;
    lock.isBlocked = !key && left === 0;
    if (!key) return false;
    if (password) await vault.renew(lock.username, { pin }, { password });
    password = null;
    await open(key);
    return true;
  }

  /** The server knows the person by this password: open, or ask for what is missing. */
  async function admit(username, given) {
    const isSame = lock.username === username;
    const wasOpen = isSame && lock.is === 'open';
    password = given;
    lock.username = username;
    await remember(store.db, 'last-user', { username });
    if (!(await vault.find(username))) {
      lock.is = 'setup';
      return;
    }
    const key = await vault.byPassword(username, given);
    if (wasOpen) {
      if (key) password = null;
      return;
    }
    if (key && !(await vault.isBlocked(username))) {
      password = null;
      await open(key);
      return;
    }
    lock.is = key ? 'setup' : 'locked';
    if (key) return;
    await vault.allowAgain(username);
    Object.assign(lock, { isOtherPassword: true, isBlocked: false, left: 5 });
  }

  /** A PIN is chosen: for a new vault, or in place of a blocked one. */
  async function choose(pin) {
    const known = await vault.find(lock.username);
    const isRenewed = known && !lock.isOtherPassword && await vault.renew(lock.username, { password }, { pin });
    const key = isRenewed ? (await vault.unlock(lock.username, pin)).key : await vault.create(lock.username, pin, password);
    password = null;
    await open(key);
  }

  /** The password of before opens what this phone has kept. */
  async function openByOld(old) {
    if (!(await vault.renew(lock.username, { password: old }, { password }))) return false;
    const key = await vault.byPassword(lock.username, password);
    password = null;
    await open(key);
    return true;
  }

  /** Neither PIN nor old password: a new vault; what the old key sealed stays closed on the phone. */
  function startAnew() {
    lock.is = 'setup';
  }

  function close() {
    if (lock.is === 'open') lock.is = 'locked';
  }

  async function leave() {
    await store.db.meta.delete('last-user');
    store.box.forget();
    password = null;
    Object.assign(lock, { is: 'none', username: null });
  }

  /** Somebody is there. */
  function touch() {
    activeAt = Date.now();
  }

  function closeWhenIdle() {
    if (lock.is === 'open' && Date.now() - activeAt > idle_ms) close();
  }

  function watchIdle() {
    ['pointerdown', 'keydown', 'scroll'].forEach((name) => globalThis.addEventListener(name, touch, { passive: true, capture: true }));
    document.addEventListener('visibilitychange', closeWhenIdle);
    setInterval(closeWhenIdle, 10_000);
  }

  return {
    lock, vault, load, unlock, admit, choose, openByOld, startAnew, close, leave, watchIdle,
    changePin: (pin, next) => vault.renew(lock.username, { pin }, { pin: next }),
  };
}
