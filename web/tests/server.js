/** A stand-in for the server at the edge of the process: answers `fetch` by a list of routes and keeps what came. */
import { vi } from 'vitest';

export const json = (data, { status = 200, headers = {} } = {}) =>
  new Response(JSON.stringify(data), { status, headers: { 'Content-Type': 'application/json', 'X-WG-Api': '1', ...headers } });

export const problem = (status, slug = 'x', detail = '') =>
  new Response(JSON.stringify({ type: `/problems/${slug}`, status, detail }), {
    status, headers: { 'Content-Type': 'application/problem+json', 'X-WG-Api': '1' },
  });

/** A page of somebody's Wi-Fi. */
export const portal = () => new Response('<html>请先登录</html>', { status: 200, headers: { 'Content-Type': 'text/html' } });

export const ME = { username: 'wg01', name: '陈秀兰' };

/** @param {(call: {method: string, path: string, body: any, headers: Headers}) => any} answer throws for no network */
export function serve(answer) {
  const calls = [];
  vi.stubGlobal('fetch', vi.fn(async (path, init) => {
    const isText = typeof init.body === 'string';
    const call = { method: init.method, path, headers: new Headers(init.headers), body: isText ? JSON.parse(init.body) : init.body };
    calls.push(call);
    const found = await answer(call, calls);
    return found ?? problem(404);
  }));
  return calls;
}

export const asked = (calls, method, part) => calls.filter((call) => call.method === method && call.path.includes(part));
