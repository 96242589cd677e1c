/** The data key of a person on this phone, and its copies wrapped by a secret (PIN or password). */

/** PBKDF2 rounds; kept with each copy, so that they can be raised later. */
export const ITERATIONS = 310_000;
const AES = { name: 'AES-GCM', length: 256 };

const { subtle } = globalThis.crypto;
const random = (length) => globalThis.crypto.getRandomValues(new Uint8Array(length));

/** A fresh data key, extractable only until it is wrapped. */
export const makeKey = () => subtle.generateKey(AES, true, ['encrypt', 'decrypt']);

/**
 * @param {CryptoKey} key
 * @param {string} secret
 * @returns {Promise<{salt: Uint8Array, iv: Uint8Array, iterations: number, wrapped: ArrayBuffer}>}
 */
export async function wrap(key, secret, iterations = ITERATIONS) {
  const salt = random(16);
  const iv = random(12);
  const wrapped = await subtle.wrapKey('raw', key, await derive(secret, salt, iterations), { name: 'AES-GCM', iv });
  return { salt, iv, iterations, wrapped };
}

/** The data key, or null when the secret is another. Extractable only to be wrapped again. */
export async function unwrap({ salt, iv, iterations, wrapped }, secret, { isExtractable = false } = {}) {
  const outer = await derive(secret, salt, iterations);
  try {
    return await subtle.unwrapKey('raw', wrapped, outer, { name: 'AES-GCM', iv }, AES, isExtractable, ['encrypt', 'decrypt']);
  } catch (error) {
    if (error.name !== 'OperationError') throw error;
    return null;
  }
}

async function derive(secret, salt, iterations) {
  const base = await subtle.importKey('raw', new TextEncoder().encode(secret.normalize('NFKC')), 'PBKDF2', false, ['deriveKey']);
  return subtle.deriveKey({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, base, AES, false, ['wrapKey', 'unwrapKey']);
}
