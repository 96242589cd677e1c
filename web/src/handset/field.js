/** The parts of the running handset app: session, client, device store, lock, sender, puller. One of each. */
import { liveQuery } from 'dexie';
import { computed, reactive, ref, shallowRef, watch } from 'vue';
import { createClient } from '@/shared/api/client.js';
import { createSession } from '@/shared/api/session.js';
import { createSeat } from './device/seat.js';
import { createBox } from './lock/box.js';
import { createKeeper } from './lock/keeper.js';
import { createFlusher } from './outbox/flusher.js';
import { arrivedWork, enqueue, opened } from './outbox/queue.js';
import { createWays } from './outbox/ways.js';
import { withThumbs } from './photo/photos.js';
import { createCollections } from './store/collection.js';
import { openDb } from './store/db.js';
import { erasePerson } from './store/erase.js';
import { createStore } from './store/store.js';
import { dueAfter, VISIT } from './patrol/round.js';
import { putLocal, release } from './sync/apply.js';
import { createPuller } from './sync/puller.js';

const marker = 'X-WG-Api';
const MOBILE = '/mobile/v1';
export const db = openDb();
export const box = createBox();
export const store = createStore(db, box);
export const keeper = createKeeper({ store });
export const { lock } = keeper;
const seats = createSeat({ db });
export const { seat } = seats;
export const session = createSession({ path: `${MOBILE}/session`, marker, extra: seats.headers });
export const client = createClient({
  base: MOBILE, session, marker, extra: seats.headers, onAnswer: seats.observe,
});

/** For the pages: small photos also from the phone. */
export const pageClient = withThumbs(client, store);

const me = shallowRef(null);
/** Who works here: only while the phone is unlocked. */
export const username = computed(() => (lock.is === 'open' ? lock.username : null));
export const user = computed(() => (username.value ? me.value ?? { username: username.value, name: username.value } : null));
export const isIn = computed(() => session.state.is === 'in' && session.state.user?.username === lock.username);

const sender = () => (isIn.value && box.isOpen() && seat.standing !== 'wipe' ? lock.username : null);
/** Kinds the server does not take yet stay on the phone. */
const KINDS = ['event.report', 'task.answer', 'notice.read', 'record.put'];
export const takes = (kind) => (bootstrap.value.policy?.ops ?? KINDS).includes(kind);
export const flusher = createFlusher({
  store, ways: createWays(client), username: sender, takes, onSettled: settled, onStopped: stopped,
});
export const collections = createCollections(store);
/** Rows of the server in clear: `rows.event`, `rows.task`, `rows.notice`, `rows.record`. */
export const { rows } = collections;

export const sync = reactive({ isPulling: false, at: 0, trouble: '', last_error: '' });
export const puller = createPuller({
  store, client, username: () => username.value && sender(),
  onState: async (state) => {
    Object.assign(sync, state);
    if (state.isPulling !== false || !username.value) return;
    await collections.reload(username.value);
    await pageClient.ahead(rows.task.filter(({ result }) => !result).flatMap(({ photo_items: items = [] }) => photoIds(items)));
  },
});

const photoIds = (items) => items.filter(({ arrived: has, id, role }) => has && id && role.code !== 'voice').map(({ id }) => id);

/** Grids, categories and policy: from the server when it answers, else as last seen. */
export const bootstrap = shallowRef({ grids: [], categories: [], policy: {} });
export const bootstrapTrouble = ref('');

/** Own unsent work and what arrived lately, live over all windows. */
export const unsent = shallowRef([]);
export const arrived = shallowRef([]);
export const isOnline = ref(navigator.onLine);

let subscriptions = [];
watch(username, (name) => name && follow(name));
watch(isIn, (is) => is && lock.is === 'open' && welcome());
// A locked phone lets go of the key once nothing waits for it, and of everything read at once.
watch([() => lock.is, () => unsent.value.filter((work) => work.is !== 'parked').length], ([is, waiting]) => {
  if (is === 'open') return;
  me.value = null;
  collections.forget();
  if (waiting) return;
  box.forget();
  unfollow();
});

function unfollow() {
  subscriptions.forEach((one) => one.unsubscribe());
  subscriptions = [];
  unsent.value = [];
  arrived.value = [];
}

/** Unlocked: show what the phone holds, then fetch and send. */
async function follow(name) {
  unfollow();
  const works = liveQuery(() => Promise.all([db.op.where({ username: name }).toArray(), db.media.where({ username: name }).toArray()]));
  const arrivals = liveQuery(() => db.arrived.where({ username: name }).toArray());
  subscriptions = [
    works.subscribe(async ([ops, media]) => {
      if (box.isOpen()) unsent.value = await opened(store, ops, media);
    }),
    arrivals.subscribe(async (found) => {
      if (box.isOpen()) arrived.value = await arrivedWork(store, found);
    }),
  ];
  me.value = (await store.kept(`me/${name}`)) ?? session.state.user;
  bootstrap.value = (await store.kept(`start/${name}`)) ?? bootstrap.value;
  await collections.reload(name);
  if (isIn.value) await welcome();
}

/** Signed in and unlocked: send what was left, fetch what is new. */
async function welcome() {
  me.value = session.state.user;
  await store.keep(`me/${lock.username}`, JSON.parse(JSON.stringify(session.state.user)));
  await seats.enroll(client);
  flusher.flush({ isHurried: true }).then(beat);
  await refreshBootstrap();
  flusher.flush(); // the server may take more kinds than was known
  await puller.run();
}

/** Read the bootstrap again; without an answer the last one stands. */
export async function refreshBootstrap() {
  bootstrapTrouble.value = '';
  try {
    const { data } = await client.get('/bootstrap');
    bootstrap.value = data;
    await store.keep(`start/${data.user.username}`, data);
  } catch (error) {
    bootstrapTrouble.value = error.message;
  }
}

export const beat = () => sender() && seats.beat(client, lock.username, {
  queue: unsent.value.length, oldest_at: unsent.value[0]?.made_at ?? null, last_error: sync.last_error,
}).then(standDown);

/** The server has taken this seat away: what could be sent is sent, then the phone forgets this person. */
async function standDown() {
  if (seat.standing === 'locked') await flusher.flush({ isHurried: true });
  if (seat.standing !== 'wipe') return;
  await wipe();
  globalThis.location.reload();
}

/** Only this person's things: others on this phone keep theirs. */
async function wipe() {
  const name = lock.username;
  await session.signOut().catch(() => {});
  await keeper.leave();
  await erasePerson(db, name);
  await seats.renew();
}

async function settled(work, result) {
  await release(store, work.username, work.entity_id);
  if (work.kind === 'record.put' && username.value) await collections.reload(username.value, ['record']);
  if (work.kind === VISIT && result?.status === 'applied') await beenThere(work);
  if (result?.error) sync.last_error = result.error.code ?? '';
}

/** Until the row itself comes. */
async function beenThere({ username: name, op }) {
  const point = rows.checkpoint.find(({ id }) => id === op.payload.checkpoint);
  if (!point || name !== username.value) return;
  const { id, rev, ...data } = point;
  await putLocal(store, name, 'checkpoint', id, { ...data, visited_at: op.occurred_at, due_at: dueAfter(data, new Date(op.occurred_at)), due: false });
  await collections.reload(name, ['checkpoint']);
}

function stopped(error) {
  sync.last_error = error.slug || error.kind;
  if (error.slug === 'device-unknown') seats.enroll(client);
  if (error.status === 426) seat.needsApp = error.problem.min_app ?? '1';
  if (error.slug === 'device-revoked') seat.standing = error.problem.mode === 'wipe' ? 'wipe' : 'locked';
}

/** Put work into the queue and start sending. */
export async function send(op, title, draft) {
  await enqueue(store, { username: lock.username, op, title, draft });
  flusher.flush().then(() => puller.run()).then(beat);
}

/** Open the app: locked at once for the last person, while the session is restored behind. */
export async function open() {
  globalThis.addEventListener('online', comeBack);
  globalThis.addEventListener('offline', () => {
    isOnline.value = false;
  });
  await seats.load();
  await keeper.load();
  keeper.watchIdle();
  flusher.start();
  setInterval(beat, 5 * 60_000);
  await session.restore();
  // Somebody is signed in by the cookie whose vault is not here: the password is needed once to make one.
  if (lock.is === 'none' && session.state.is === 'in') session.expire();
}

async function comeBack() {
  isOnline.value = true;
  if (session.state.is === 'offline') await session.restore();
  await puller.run();
}

/** Leave the phone: unsent work stays on it, sealed, under its owner's name. */
export async function leave() {
  await session.signOut();
  await keeper.leave();
}

/** Unsent rows of other people on this phone: `[{username, count}]`. */
export async function othersUnsent() {
  const names = (await db.op.toArray()).map((row) => row.username).filter((name) => name !== lock.username);
  return [...new Set(names)].map((name) => ({ username: name, count: names.filter((one) => one === name).length }));
}
