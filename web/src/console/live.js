/**
 * The page hears what changed: one stream a tab, read again from where it was after every break.
 *
 * Hints are gathered and handed to whoever shows what they are about; a hidden tab reads when it is shown. While
 * there is no stream everything is read every 15 s; while nothing can be read at all the page says so.
 */
import { onBeforeUnmount, onMounted, reactive } from 'vue';
import { createHearing } from '@/shared/api/hearing.js';
import { now } from '@/shared/clock.js';

const GATHER_MS = 1000;
const POLL_MS = 15_000;
const LIGHTS_MS = 60_000; // lights turn by the clock, and nobody is told of that

const isHidden = () => document.visibilityState === 'hidden';
const nothing = () => ({ all: false, ids: new Set(), notices: false });

/**
 * @param {{client: object, session: object}} parts
 * @returns state.is: off | live | polling (no stream, but everything can be read) | lost; state.asOf: how old the data are
 */
export function createLive({ client, session }) {
  const state = reactive({ is: 'off', asOf: null });
  const hearing = createHearing({ client, path: '/live', onEvent: take, onLife: confirm, onBreak: fallBack });
  const listeners = new Set();
  let tellUrgent = () => {};
  let pending = nothing();
  let flushing = null;
  let flushedAt = 0;
  let readAllAt = 0;
  let timer = null;
  let clock = null;

  // -- what came -----------------------------------------------------------------------------------------------

  function take({ data }, isFirst) {
    const told = JSON.parse(data);
    pending.all ||= isFirst || Boolean(told.reset); // what stands here was read before the stream began
    told.cases.forEach((one) => pending.ids.add(one.id));
    pending.notices ||= told.notices;
    const urgent = told.cases.filter((one) => one.urgent).map((one) => one.id);
    if (urgent.length) tellUrgent(urgent);
    if (state.is === 'live') soon();
    else flush(); // the first word after a break: the banner goes when all that was missed has been read
  }

  /** At every sign of life: what stands here is of now, if nothing waits to be read. */
  function confirm() {
    if (state.is === 'live' && !hasPending() && !flushing) state.asOf = now();
  }

  /** No stream. full: the server answers, so reading goes on. lost: the page says that it stands still. */
  function fallBack(why) {
    const is = why === 'full' ? 'polling' : 'lost';
    if (state.is === is) return;
    state.is = is;
    if (is === 'polling') readAll();
  }

  // -- reading it ----------------------------------------------------------------------------------------------

  const hasPending = () => pending.all || pending.ids.size > 0 || pending.notices;

  function soon() {
    if (timer || isHidden() || !hasPending()) return;
    timer = setTimeout(() => {
      timer = null;
      flush();
    }, Math.max(0, flushedAt + GATHER_MS - Date.now()));
  }

  /** Let everybody read what is theirs; what could not be read stays to be read. */
  function flush() {
    flushing ??= readPending().finally(() => {
      flushing = null;
      if (hearing.isOpen()) soon();
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
    if (results.some(({ status }) => status === 'rejected')) {
      pending.all = true;
      if (state.is === 'polling') state.is = 'lost';
      return;
    }
    if (!hearing.isOn()) return;
    state.asOf = begun;
    if (hearing.isOpen()) state.is = 'live';
    else if (state.is === 'lost') state.is = 'polling';
  }

  function readAll() {
    pending.all = true;
    return flush();
  }

  function tick() {
    if (isHidden()) return;
    if (!hearing.isOpen() || pending.all || Date.now() - readAllAt > LIGHTS_MS) readAll();
  }

  function shown() {
    if (isHidden()) return;
    if (hearing.isOpen()) soon();
    else hearing.retry();
  }

  /** Begin when somebody has signed in. */
  function start() {
    if (hearing.isOn() || session.state.is !== 'in') return;
    readAllAt = Date.now();
    clock = setInterval(tick, POLL_MS);
    document.addEventListener('visibilitychange', shown);
    globalThis.addEventListener('online', hearing.retry);
    globalThis.addEventListener('offline', hearing.breakOff);
    hearing.start();
  }

  /** End it; whoever comes next begins anew. */
  function stop() {
    hearing.stop();
    clearInterval(clock);
    clearTimeout(timer);
    timer = null;
    document.removeEventListener('visibilitychange', shown);
    globalThis.removeEventListener('online', hearing.retry);
    globalThis.removeEventListener('offline', hearing.breakOff);
    Object.assign(state, { is: 'off', asOf: null });
    pending = nothing();
  }

  function subscribe(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** @param {(ids: string[]) => void} tell  called with the cases that cannot wait */
  function onUrgent(tell) {
    tellUrgent = tell;
  }

  return { state, start, stop, retry: hearing.retry, subscribe, onUrgent };
}

/**
 * Read again what a component shows, while it stands; a rejected promise says that it could not be read.
 * @param {{onCases?: (told: {all: boolean, ids: Set<string>}) => Promise<any>, onNotices?: () => Promise<any>}} deeds
 */
export function useLive(live, { onCases, onNotices }) {
  let leave = null;
  onMounted(() => {
    leave = live.subscribe((told) => Promise.all([
      onCases && (told.all || told.ids.size) ? onCases(told) : null,
      onNotices && (told.all || told.notices) ? onNotices() : null,
    ]));
  });
  onBeforeUnmount(() => leave?.());
}
