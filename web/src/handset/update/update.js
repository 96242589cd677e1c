/** New versions: found, offered, taken only when the user says so. What is being written is saved field by field. */
import { ref } from 'vue';

const EVERY_MS = 3600_000;

/** '' | 'ready' (waits for a yes) | 'elsewhere' (another window took it; this one still runs the old pages). */
export const update = ref('');
let registration = null;
let isAsked = false;

/** @param {ServiceWorkerContainer|undefined} container */
export async function watchUpdates(container = globalThis.navigator?.serviceWorker) {
  if (!container || !globalThis.isSecureContext) return;
  const hadWorker = Boolean(container.controller);
  container.addEventListener('controllerchange', () => {
    if (isAsked) globalThis.location.reload();
    else if (hadWorker) update.value = 'elsewhere';
  });
  try {
    registration = await container.register('/m/sw.js', { scope: '/m/', updateViaCache: 'none' });
  } catch {
    return; // some host apps forbid workers; the app works without one
  }
  // One may have been waiting, or on its way, since before this page opened.
  offer(container, registration.waiting);
  follow(container, registration.installing);
  registration.addEventListener('updatefound', () => follow(container, registration.installing));
  setInterval(look, EVERY_MS);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && look());
}

function follow(container, worker) {
  worker?.addEventListener('statechange', () => worker.state === 'installed' && offer(container, worker));
}

/** The first worker of all replaces nothing and needs no question. */
function offer(container, worker) {
  if (worker && container.controller) update.value = 'ready';
}

/** Ask the server for a newer version now. */
export const look = () => registration?.update().catch(() => {});

/** The user said yes. */
export function takeUpdate() {
  isAsked = true;
  if (registration?.waiting) registration.waiting.postMessage('take-over');
  else globalThis.location.reload();
}
