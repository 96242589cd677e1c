/** One HTTP exchange: JSON or bytes out, parsed JSON or a blob back, every failure a Failure. */
import { observe } from '@/shared/clock.js';
import { Failure } from './failure.js';

/**
 * @param {string} url
 * @param {{method?: string, headers?: object, json?: object, bytes?: BodyInit, type?: string,
 *   timeout_s?: number, marker?: string, as?: 'json'|'blob'|'stream', onAnswer?: (headers: Headers) => void}} [options]
 *   as: a stream is handed over as it begins: {body, close}; see stream.js.
 *   marker: a header every genuine answer carries; without it an answer is somebody else's.
 *   onAnswer: sees the headers of every genuine answer, also of a refusal.
 * @returns {Promise<{status: number, data: any, etag: string|null, headers: Headers}>}
 */
export async function send(url, options = {}) {
  const { method = 'GET', json, bytes, type, timeout_s = 20, marker, as = 'json', onAnswer } = options;
  const headers = { Accept: 'application/json', ...options.headers };
  if (json !== undefined) headers['Content-Type'] = 'application/json';
  if (bytes !== undefined) headers['Content-Type'] = type;
  const body = json === undefined ? bytes : JSON.stringify(json);
  const aborter = new AbortController();
  const timer = setTimeout(() => aborter.abort(), timeout_s * 1000);
  try {
    const init = { method, headers, body, credentials: 'same-origin', signal: aborter.signal };
    return await read(await globalThis.fetch(url, init), { marker, as, onAnswer, close: () => aborter.abort() });
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(aborter.signal.aborted ? 'timeout' : 'offline');
  } finally {
    clearTimeout(timer);
  }
}

async function read(response, { marker, as, onAnswer, close }) {
  const isOurs = !marker || response.headers.get(marker);
  if (isOurs) onAnswer?.(response.headers);
  const type = response.headers.get('Content-Type') ?? '';
  const isJson = /^application\/(problem\+)?json/.test(type);
  if (response.status === 304) return { status: 304, data: null, etag: response.headers.get('ETag'), headers: response.headers };
  // A refusal that is neither marked nor a problem of ours comes from somebody on the way.
  if (!response.ok) throw isOurs || isJson || response.status >= 500 ? await refused(response, isJson) : foreign(response);
  if (!isOurs) throw foreign(response);
  observe(response.headers.get('Date'));
  return { status: response.status, data: await content(response, as, isJson, close), etag: response.headers.get('ETag'),
    headers: response.headers };
}

const foreign = ({ status }) => new Failure('portal', { status });

async function content(response, as, isJson, close) {
  if (as === 'stream') return { body: response.body, close };
  if (response.status === 204) return null;
  if (as === 'blob') return response.blob();
  if (!isJson) throw new Failure('portal', { status: response.status });
  return response.json();
}

async function refused(response, isJson) {
  const problem = isJson ? await response.json().catch(() => ({})) : {};
  const wait_s = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  const retryAfter_s = Number.isNaN(wait_s) ? undefined : wait_s;
  return new Failure('problem', { status: response.status, problem, retryAfter_s });
}
