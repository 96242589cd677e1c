/**
 * The page hears what changed: one stream a tab, read again from where it was after every break.
 *
 * What it hears is gathered and handed to whoever shows it; a hidden tab reads when it is shown. While there is no
 * stream everything is read every 15 s; while nothing can be read at all the page says so.
 */
import { onBeforeUnmount, onMounted, reactive } from 'vue';
import { createHearing } from '@/shared/api/hearing.js';
import { now } from '@/shared/clock.js';
import { createGathering, isHidden } from './gathering.js';

const POLL_MS = 15_000;

/**
 * @param {{client: object, session: object}} parts
 * @returns state.is: off | live | polling (no stream, but everything can be read) | lost; state.asOf: how old the data are
 */
export function createLive({ client, session }) {
  const state = reactive({ is: 'off', asOf: null });
  const hearing = createHearing({ client, path: '/live', onEvent: take, onLife: confirm, onBreak: fallBack });
  const gathering = createGathering({ isOpen: () => hearing.isOpen(), onRead: read });
  let tellUrgent = () => {};
  let clock = null;

  function take({ data }, isFirst) {
    const told = JSON.parse(data);
    // What stands here was read before the stream began.
    gathering.add({ all: isFirst || Boolean(told.reset), ids: told.cases.map(({ id }) => id), notices: told.notices });
    const urgent = told.cases.filter((one) => one.urgent).map((one) => one.id);
    if (urgent.length) tellUrgent(urgent);
    if (state.is === 'live') gathering.soon();
    else gathering.flush(); // the first word after a break: the banner goes when all that was missed has been read
  }

  /** At every sign of life: what stands here is of now, if nothing waits to be read. */
  function confirm() {
    if (state.is === 'live' && gathering.isIdle()) state.asOf = now();
  }

  /** No stream. full: the server answers, so reading goes on. lost: the page says that it stands still. */
  function fallBack(why) {
    const is = why === 'full' ? 'polling' : 'lost';
    if (state.is === is) return;
    state.is = is;
    if (is === 'polling') gathering.readAll();
  }

  function read(begun) {
    if (!begun) {
      if (state.is === 'polling') state.is = 'lost';
      return;
    }
    if (!hearing.isOn()) return;
    state.asOf = begun;
    if (hearing.isOpen()) state.is = 'live';
    else if (state.is === 'lost') state.is = 'polling';
  }

  function tick() {
    if (!isHidden() && (!hearing.isOpen() || gathering.isAllDue())) gathering.readAll();
  }

  function shown() {
    if (isHidden()) return;
    if (hearing.isOpen()) gathering.soon();
    else hearing.retry();
  }

  /** Begin when somebody has signed in. */
  function start() {
    if (hearing.isOn() || session.state.is !== 'in') return;
    gathering.begin();
    clock = setInterval(tick, POLL_MS);
    document.addEventListener('visibilitychange', shown);
    globalThis.addEventListener('online', hearing.retry);
    globalThis.addEventListener('offline', hearing.breakOff);
    hearing.start();
  }

  /** End it; whoever comes next begins anew. */
  function stop() {
    hearing.stop();
    gathering.stop();
    clearInterval(clock);
    document.removeEventListener('visibilitychange', shown);
    globalThis.removeEventListener('online', hearing.retry);
    globalThis.removeEventListener('offline', hearing.breakOff);
    Object.assign(state, { is: 'off', asOf: null });
  }

  /** @param {(ids: string[]) => void} tell  called with the cases that cannot wait */
  function onUrgent(tell) {
    tellUrgent = tell;
  }

  return { state, start, stop, retry: hearing.retry, subscribe: gathering.subscribe, onUrgent };
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
