/** Hearing a stream of the server again and again: from where it was, soon after a break, later the longer it lasts. */
import { Failure } from './failure.js';
import { readEvents } from './stream.js';
import { takeSeat } from './seat.js';

const WAITS_MS = [300, 1000, 2000, 4000, 8000];
const AGAIN_S = 15;
const BRIEF_MS = 2000; // a break as short as a restart is not worth a word
const FULL = 'streams-full'; // neither here nor at the server is room for one more

/**
 * @param {object} parts  client, path; onEvent({id, data}); onLife(): at every sign of life;
 *   onBreak('full'|'lost'): there is no room, or nothing is heard for some time
 */
export function createHearing({ client, path, onEvent, onLife, onBreak }) {
  let running = null; // one from start to stop
  let place = '';

  async function listen(mine) {
    for (let tries = 0, aliveAt = Date.now(); running === mine; tries += 1) {
      const trouble = await hear(mine, () => {
        tries = 0;
        aliveAt = Date.now();
      }).catch((error) => error);
      mine.isOpen = false;
      if (running !== mine || trouble?.kind === 'signed-out') return;
      if (trouble?.slug === FULL) onBreak('full');
      else if (Date.now() - aliveAt > BRIEF_MS) onBreak('lost');
      const wait_ms = trouble?.retryAfter_s ? trouble.retryAfter_s * 1000 : WAITS_MS[Math.min(tries, WAITS_MS.length - 1)];
      await pause(mine, wait_ms * (0.75 + Math.random() / 2));
    }
  }

  async function hear(mine, alive) {
    const giveBack = await takeSeat();
    if (!giveBack) throw new Failure('problem', { problem: { type: FULL }, retryAfter_s: AGAIN_S });
    try {
      const { data } = await client.get(path, { as: 'stream', retries: 0, lastEventId: place });
      if (running !== mine) return data.close();
      Object.assign(mine, { close: data.close, isOpen: true });
      return await readEvents(data, (event) => running === mine && take(event), () => {
        alive();
        onLife();
      });
    } finally {
      giveBack();
    }
  }

  function take(event) {
    const isFirst = !place;
    place = event.id;
    onEvent(event, isFirst);
  }

  function pause(mine, wait_ms) {
    return new Promise((resolve) => {
      const timeout = setTimeout(resolve, wait_ms);
      mine.wake = () => {
        clearTimeout(timeout);
        resolve();
      };
    });
  }

  return {
    isOpen: () => Boolean(running?.isOpen),
    isOn: () => Boolean(running),
    start() {
      running ??= { isOpen: false };
      listen(running);
    },
    /** Whoever starts again begins anew. */
    stop() {
      const mine = running;
      running = null;
      place = '';
      mine?.close?.();
      mine?.wake?.();
    },
    /** Try at once: somebody asked, or the network says that it is back. */
    retry: () => running?.wake?.(),
    /** The network says that it is gone: what is open is dead, though nobody has noticed yet. */
    breakOff: () => running?.close?.(),
  };
}
