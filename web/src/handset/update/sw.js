/**
 * The service worker of the handset: keeps the built files of one version, so that the app starts without a network.
 * An enhancement: everything else works without it. It takes over from an older one only when the user says so.
 * The build fills in version and files.
 */
const VERSION = '__VERSION__';
const FILES = ['__FILES__'];
const CACHE = `wangge-handset-${VERSION}`;
const PAGE = '/m/';

self.addEventListener('install', (event) => {
  const wanted = [PAGE, ...FILES].map((url) => new Request(url, { cache: url === PAGE ? 'reload' : 'default' }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(wanted)));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(removeOld().then(() => self.clients.claim()));
});

async function removeOld() {
  const names = (await caches.keys()).filter((name) => name.startsWith('wangge-handset-') && name !== CACHE);
  await Promise.all(names.map((name) => caches.delete(name)));
}

self.addEventListener('message', ({ data, ports }) => {
  if (data === 'take-over') self.skipWaiting();
  if (data === 'version') ports[0].postMessage(VERSION);
});

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (event.request.mode === 'navigate' && url.pathname === PAGE) event.respondWith(kept(PAGE, event.request));
  else if (url.pathname.startsWith('/assets/')) event.respondWith(kept(event.request, event.request));
  // Anything else, the API above all, goes to the network untouched.
});

async function kept(key, request) {
  const found = await caches.match(key, { cacheName: CACHE, ignoreVary: true });
  if (found) return found;
  const response = await fetch(request);
  if (response.ok && new URL(request.url).pathname.startsWith('/assets/')) {
    await (await caches.open(CACHE)).put(request, response.clone()).catch(() => {});
  }
  return response;
}
