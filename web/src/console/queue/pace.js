/** Work that is asked for often and done now and then: never twice at once, and resting in proportion to its cost. */

const SHARE = 10; // a tenth of the time at most

/** @param {() => Promise<void>} work  @param {number} least_ms between two beginnings */
export function paced(work, least_ms) {
  let timer = null;
  let isRunning = false;
  let isWanted = false;
  let free_ms = 0;

  function ask() {
    isWanted = true;
    if (isRunning || timer !== null) return;
    timer = setTimeout(run, Math.max(0, free_ms - performance.now()));
  }

  async function run() {
    timer = null;
    isRunning = true;
    isWanted = false;
    const began = performance.now();
    try {
      await work();
    } finally {
      free_ms = Math.max(began + least_ms, performance.now() + (SHARE - 1) * (performance.now() - began));
      isRunning = false;
      if (isWanted) ask();
    }
  }

  function stop() {
    clearTimeout(timer);
    timer = null;
    isWanted = false;
  }

  return { ask, stop };
}
