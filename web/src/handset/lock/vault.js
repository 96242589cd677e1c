/**
 * One row a person and phone: the data key wrapped by the PIN and by the account's password.
 *
 * Five wrong PINs block the PIN; then the server has to know the person again by the password, which also opens the
 * second copy. If the password was changed elsewhere meanwhile, the PIN gets five more tries after that sign-in. Who
 * has lost both starts anew; what the old key sealed stays on the phone, counted and closed.
 */
import { makeKey, unwrap, wrap } from './wrap.js';

export const TRIES = 5;
export const PIN = /^\d{6}$/;

/** Too easy to be looked over the shoulder or guessed at once: 000000, 123456, 654321. */
export function isWeak(pin) {
  const steps = Array.from(pin).slice(1).map((digit, at) => Number(digit) - Number(pin[at]));
  return [0, 1, -1].some((step) => steps.every((one) => one === step));
}

/** @param {import('dexie').Dexie} db */
export function createVault(db, iterations) {
  const find = (username) => db.vault.get(username);

  /** A new data key under both secrets; an earlier vault of the person is set aside, not thrown away. */
  async function create(username, pin, password) {
    const key = await makeKey();
    const row = {
      username, wrong: 0, byPin: await wrap(key, pin, iterations), byPassword: await wrap(key, password, iterations),
    };
    await db.transaction('rw', db.vault, async () => {
      const old = await db.vault.get(username);
      if (old) await db.vault.put({ ...old, username: `${username}/old/${Date.now()}` });
      await db.vault.put(row);
    });
    return unwrap(row.byPin, pin);
  }

  /** @returns {Promise<{key: CryptoKey|null, left: number}>} left: tries until the PIN is blocked */
  async function unlock(username, pin) {
    const row = await find(username);
    if (row.wrong >= TRIES) return { key: null, left: 0 };
    // Counted before it is tried, so that a killed page does not give a free try.
    await db.vault.update(username, { wrong: row.wrong + 1 });
    const key = await unwrap(row.byPin, pin);
    if (key) await db.vault.update(username, { wrong: 0 });
    return { key, left: key ? TRIES : TRIES - row.wrong - 1 };
  }

  /** The key by the password the server has just accepted, or null if it was another when this vault was made. */
  async function byPassword(username, password) {
    const row = await find(username);
    return unwrap(row.byPassword, password);
  }

  /** Wrap anew by a new PIN and, when given, a new password; `secret` opens: {pin} or {password}. */
  async function renew(username, secret, { pin, password }) {
    const row = await find(username);
    const key = secret.pin === undefined
      ? await unwrap(row.byPassword, secret.password, { isExtractable: true })
      : await unwrap(row.byPin, secret.pin, { isExtractable: true });
    if (!key) return false;
    const change = { wrong: 0 };
    if (pin) change.byPin = await wrap(key, pin, iterations);
    if (password) change.byPassword = await wrap(key, password, iterations);
    await db.vault.update(username, change);
    return true;
  }

  return {
    find, create, unlock, byPassword, renew,
    isBlocked: async (username) => ((await find(username))?.wrong ?? 0) >= TRIES,
    allowAgain: (username) => db.vault.update(username, { wrong: 0 }),
  };
}
