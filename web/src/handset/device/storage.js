/** How much room the browser gives us, and whether it has promised to keep it. */

/** @returns {Promise<{persisted: boolean, usage: number, quota: number}>} bytes */
export async function storageFacts() {
  const storage = globalThis.navigator?.storage;
  const { usage = 0, quota = 0 } = (await storage?.estimate?.()) ?? {};
  return { persisted: Boolean(await storage?.persisted?.()), usage: Math.round(usage), quota: Math.round(quota) };
}

/** Ask to be kept; browsers may say no, which is no error. */
export const askToStay = () => globalThis.navigator?.storage?.persist?.().catch(() => false);

const ROOM = 20 * 1024 * 1024;

/** Is the room nearly gone? */
export const isTight = ({ usage, quota }) => quota > 0 && quota - usage < ROOM;

/** `3.2 MB` of bytes. */
export const megabytes = (bytes) => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
