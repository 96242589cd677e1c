/**
 * Seals values with the data key while it is here. Each seal is bound to a name (table and id), so that sealed values
 * cannot be exchanged for one another inside the database.
 */

/** Asked to open or seal while the phone is locked. */
export class Locked extends Error {}

export function createBox() {
  let key = null;
  const need = () => {
    if (!key) throw new Locked('locked');
    return key;
  };

  async function sealBytes(bytes, name) {
    const iv = globalThis.crypto.getRandomValues(new Uint8Array(12));
    const data = await globalThis.crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: text(name) }, need(), bytes);
    return { iv, data };
  }

  const openBytes = ({ iv, data }, name) =>
    globalThis.crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: text(name) }, need(), data);

  return {
    isOpen: () => key !== null,
    hold: (given) => {
      key = given;
    },
    forget: () => {
      key = null;
    },
    sealBytes,
    openBytes,
    seal: (value, name) => sealBytes(text(JSON.stringify(value)), name),
    open: async (sealed, name) => JSON.parse(new TextDecoder().decode(await openBytes(sealed, name))),
  };
}

const text = (words) => new TextEncoder().encode(words);
