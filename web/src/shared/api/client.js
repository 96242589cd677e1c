/** Requests in the name of the signed-in user: token, one refresh on 401, patience with passing failures. */
import { Failure } from './failure.js';
import { send } from './transport.js';

/**
 * @param {{base: string, session: ReturnType<import('./session.js').createSession>, marker?: string,
 *   extra?: () => object, onAnswer?: (headers: Headers) => void}} options
 *   extra: headers of every request; onAnswer: sees the headers of every genuine answer.
 */
export function createClient({ base, session, marker, extra = () => ({}), onAnswer }) {
  async function request(method, path, options = {}) {
    const tries = options.retries ?? (isRepeatable(method, options) ? 2 : 0);
    for (let done = 0; ; done += 1) {
      try {
        return await authorised(method, path, options);
      } catch (error) {
        if (error.slug === 'password-change-required') session.askPassword?.();
        if (done >= tries || !error.isPassing) throw error;
        await pause(error.retryAfter_s, done);
      }
    }
  }

  async function authorised(method, path, options) {
    if (!session.token()) await session.refresh();
    const used = session.token();
    try {
      return await once(method, path, options);
    } catch (error) {
      if (error.status !== 401) throw error;
      if (session.token() === used) await session.refresh();
    }
    return once(method, path, options).catch((error) => {
      if (error.status !== 401) throw error;
      session.expire();
      throw new Failure('signed-out', { status: 401 });
    });
  }

  function once(method, path, { query, ifMatch, ifNoneMatch, idempotencyKey, lastEventId, ...options }) {
    const headers = { ...extra(), Authorization: `Bearer ${session.token()}` };
    if (ifMatch) headers['If-Match'] = ifMatch;
    if (ifNoneMatch) headers['If-None-Match'] = ifNoneMatch; // then 304 is an answer without data
    if (idempotencyKey) headers['Idempotency-Key'] = idempotencyKey;
    if (lastEventId) headers['Last-Event-ID'] = lastEventId;
    return send(address(base, path, query), { ...options, method, headers, marker, onAnswer });
  }

  /** Headers for a library that sends by itself. */
  async function headers() {
    if (!session.token()) await session.refresh();
    return { ...extra(), Authorization: `Bearer ${session.token()}` };
  }

  return {
    headers,
    renew: () => session.refresh(),
    options: (path, options) => request('OPTIONS', path, { retries: 0, as: 'blob', ...options }),
    patch: (path, json, options) => request('PATCH', path, { ...options, json }),
    get: (path, options) => request('GET', path, options),
    delete: (path, options) => request('DELETE', path, options),
    put: (path, json, options) => request('PUT', path, { ...options, json }),
    post: (path, json, options) => request('POST', path, { ...options, json }),
    patch: (path, json, options) => request('PATCH', path, { ...options, json }),
    /** Put a photo at the address made of its content; the same bytes twice are harmless. */
    putPhoto: (sha256, bytes, type = 'image/jpeg', options = {}) =>
      request('PUT', `/photos/${sha256}`, { bytes, type, timeout_s: 90, ...options }),
    /** id: of a case's photo, or the whole path of another one. */
    photo: (id, size) => request('GET', id.startsWith('/') ? id : `/photos/${id}`, { query: { size }, as: 'blob', timeout_s: 60 }),
  };
}

/** `href`s of the server are whole paths, ours hang below the base; empty query values are left out. */
function address(base, path, query = {}) {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const tail = pairs.length ? `?${new URLSearchParams(pairs)}` : '';
  return (path.startsWith(`${base}/`) ? path : base + path) + tail;
}

const isRepeatable = (method, { idempotencyKey }) => method !== 'POST' || Boolean(idempotencyKey);

function pause(retryAfter_s, done) {
  const wait_ms = retryAfter_s === undefined ? 400 * 2 ** done * (0.5 + Math.random()) : retryAfter_s * 1000;
  return new Promise((resolve) => {
    setTimeout(resolve, Math.min(wait_ms, 5000));
  });
}
