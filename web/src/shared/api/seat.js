/** Over HTTP/1.1 a browser has six connections to a host, for all its tabs: only some may hold a stream each. */
const SEATS = 4;

/** @returns {Promise<(() => void)|null>} gives the seat back; null when all are taken. */
export async function takeSeat() {
  const locks = globalThis.navigator?.locks;
  if (!locks) return () => {}; // not a secure context: nobody counts
  for (let number = 0; number < SEATS; number += 1) {
    const release = await new Promise((told) => {
      // Held until the promise it is answered with is kept.
      const hold = (lock) => (lock ? new Promise((giveBack) => { told(giveBack); }) : told(null));
      locks.request(`wangge-live-${number}`, { ifAvailable: true }, hold);
    });
    if (release) return release;
  }
  return null;
}
