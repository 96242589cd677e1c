/** The parts of the running handset app: session, client, device store, sender. One of each. */
import { liveQuery } from 'dexie';
import { computed, ref, shallowRef, watch } from 'vue';
import { createClient } from '@/shared/api/client.js';
import { createSession } from '@/shared/api/session.js';
import { openDb, recall, remember } from './outbox/db.js';
import { createFlusher } from './outbox/flusher.js';
import { ownRows } from './outbox/outbox.js';

const marker = 'X-WG-Api';
export const db = openDb();
export const session = createSession({ path: '/mobile/v1/session', marker });
export const client = createClient({ base: '/mobile/v1', session, marker });

const lastUser = shallowRef(null);
/** Whose app this is now: the signed-in user, or offline the one who was last. */
export const user = computed(() => session.state.user ?? lastUser.value);
export const username = computed(() => user.value?.username ?? null);

const sender = () => (session.state.is === 'in' ? session.state.user.username : null);
export const flusher = createFlusher({ db, client, username: sender });

/** Grids, categories and policy: from the server when it answers, else as last seen. */
export const bootstrap = shallowRef({ grids: [], categories: [], policy: {} });
export const bootstrapTrouble = ref('');

/** Own unsent rows and latest receipts, live over all tabs. */
export const unsent = shallowRef([]);
export const receipts = shallowRef([]);
export const isOnline = ref(navigator.onLine);

let subscriptions = [];
watch(username, (name) => {
  subscriptions.forEach((one) => one.unsubscribe());
  subscriptions = name
    ? [follow(() => ownRows(db, name), unsent), follow(() => db.receipt.where({ username: name }).toArray(), receipts)]
    : [];
  if (!name) unsent.value = [];
});
watch(sender, (name) => name && welcome(session.state.user));

function follow(query, target) {
  return liveQuery(query).subscribe((rows) => {
    target.value = rows;
  });
}

/** A user has come, or come back: remember him for offline starts, send what he left, fetch what he needs. */
async function welcome(now) {
  await remember(db, 'last-user', JSON.parse(JSON.stringify(now)));
  bootstrap.value = (await recall(db, `bootstrap/${now.username}`)) ?? bootstrap.value;
  flusher.flush({ isHurried: true });
  await refreshBootstrap();
}

/** Read the bootstrap again; without an answer the last one stands. */
export async function refreshBootstrap() {
  bootstrapTrouble.value = '';
  try {
    const { data } = await client.get('/bootstrap');
    bootstrap.value = data;
    await remember(db, `bootstrap/${data.user.username}`, data);
  } catch (error) {
    bootstrapTrouble.value = error.message;
  }
}

/** Open the app: by the cookie, or without network as the last user. */
export async function open() {
  globalThis.addEventListener('online', comeBack);
  globalThis.addEventListener('offline', () => {
    isOnline.value = false;
  });
  flusher.start();
  await session.restore();
  if (session.state.is !== 'offline') return;
  lastUser.value = (await recall(db, 'last-user')) ?? null;
  if (!lastUser.value) session.expire();
  else bootstrap.value = (await recall(db, `bootstrap/${lastUser.value.username}`)) ?? bootstrap.value;
}

async function comeBack() {
  isOnline.value = true;
  if (session.state.is === 'offline') await session.restore();
}

/** Leave the phone: unsent work stays on it under its owner's name. */
export async function leave() {
  await session.signOut();
  await db.meta.delete('last-user');
  lastUser.value = null;
}

/** Unsent rows of other people on this phone: `[{username, count}]`. */
export async function othersUnsent() {
  const names = (await db.outbox.toArray()).map((row) => row.username).filter((name) => name !== username.value);
  return [...new Set(names)].map((name) => ({ username: name, count: names.filter((one) => one === name).length }));
}
