/** What is to be read again: hints gathered for a second, then handed to everybody at once. */
import { now } from '@/shared/clock.js';

const GATHER_MS = 1000;
const LIGHTS_MS = 60_000; // lights turn by the clock, and nobody is told of that

export const isHidden = () => document.visibilityState === 'hidden';
const nothing = () => ({ all: false, ids: new Set(), notices: false });

/**
 * What could not be read stays to be read.
 * @param {{isOpen: () => boolean, onRead: (begun: Date | null) => void}} parts  isOpen: more hints may come;
 *   onRead: all that was told of is here, as it was at that moment; null: it could not be read
 */
export function createGathering({ isOpen, onRead }) {
  const listeners = new Set();
  let pending = nothing();
  let flushing = null;
  let flushedAt = 0;
  let readAllAt = 0;
  let timer = null;

  const hasPending = () => pending.all || pending.ids.size > 0 || pending.notices;

  /** @param {{all?: boolean, ids?: string[], notices?: boolean}} told */
  function add({ all = false, ids = [], notices = false }) {
    pending.all ||= all;
    pending.notices ||= notices;
    ids.forEach((id) => pending.ids.add(id));
  }

  /** Within a second; a hidden tab reads when it is shown. */
  function soon() {
    if (timer || isHidden() || !hasPending()) return;
    timer = setTimeout(() => {
      timer = null;
      flush();
    }, Math.max(0, flushedAt + GATHER_MS - Date.now()));
  }

  /** Let everybody read what is theirs. */
  function flush() {
    flushing ??= readPending().finally(() => {
      flushing = null;
      if (isOpen()) soon();
    });
    return flushing;
  }

  async function readPending() {
    const told = pending;
    pending = nothing();
    flushedAt = Date.now();
    if (told.all) readAllAt = flushedAt;
    const begun = now();
    const results = await Promise.allSettled([...listeners].map((listener) => listener(told)));
    const isWhole = results.every(({ status }) => status === 'fulfilled');
    if (!isWhole) pending.all = true;
    onRead(isWhole ? begun : null);
  }

  function readAll() {
    pending.all = true;
    return flush();
  }

  function subscribe(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  function begin() {
    readAllAt = Date.now();
  }

  function stop() {
    clearTimeout(timer);
    timer = null;
    pending = nothing();
  }

  return {
    add, soon, flush, readAll, subscribe, begin, stop,
    isIdle: () => !hasPending() && !flushing,
    isAllDue: () => pending.all || Date.now() - readAllAt > LIGHTS_MS,
  };
}
