import { afterEach, describe, expect, test, vi } from 'vitest';
import { createClient } from '@/shared/api/client.js';
import { createSession } from '@/shared/api/session.js';
import { offset_ms } from '@/shared/clock.js';
import { asked, json, ME, portal, problem, serve } from './server.js';

function station({ marker } = {}) {
  const session = createSession({ path: '/api/sessions', marker });
  return { session, client: createClient({ base: '/api', session, marker }) };
}

let issued = 0;
const tokens = () => json({ access_token: `t${(issued += 1)}`, expires_in_s: 900, user: ME });
const bearer = ({ headers }) => headers.get('Authorization');

afterEach(() => {
  vi.unstubAllGlobals();
  issued = 0;
});

describe('the access token', () => {
  test('is fetched by the cookie before the first request', async () => {
    const { client, session } = station();
    const calls = serve(({ path }) => (path.endsWith('/refresh') ? tokens() : json({ items: [] })));

    await client.get('/queues');

    expect(bearer(calls[1])).toBe('Bearer t1');
    expect(session.state).toMatchObject({ is: 'in', user: ME });
  });

  test('is renewed once for many requests refused together, each sent again once', async () => {
    const { client, session } = station();
    const calls = serve(({ path, headers }) => {
      if (path.endsWith('/sessions') || path.endsWith('/refresh')) return tokens();
      return headers.get('Authorization') === 'Bearer t2' ? json({ ok: true }) : problem(401);
    });
    await session.signIn('wg01', 'secret');

    const answers = await Promise.all([client.get('/one'), client.get('/two'), client.get('/three')]);

    expect(answers.map(({ data }) => data.ok)).toEqual([true, true, true]);
    expect(asked(calls, 'POST', '/refresh')).toHaveLength(1);
    expect(asked(calls, 'GET', '/one')).toHaveLength(2);
  });

  test('that cannot be renewed ends the session, without sending again', async () => {
    const { client, session } = station();
    const calls = serve(({ path }) => (path.endsWith('/sessions') ? tokens() : problem(401)));
    await session.signIn('wg01', 'secret');

    await expect(client.get('/a')).rejects.toMatchObject({ kind: 'signed-out' });

    expect(session.state.is).toBe('out');
    expect(asked(calls, 'GET', '/a')).toHaveLength(1);
  });

  test('refused again right after renewal ends the session instead of going round', async () => {
    const { client, session } = station();
    const calls = serve(({ path }) => (path.includes('/sessions') ? tokens() : problem(401)));

    await expect(client.get('/a')).rejects.toMatchObject({ kind: 'signed-out' });

    expect(session.state.is).toBe('out');
    expect(asked(calls, 'GET', '/a')).toHaveLength(2);
  });

  test('is never written anywhere', async () => {
    const store = { setItem: vi.fn() };
    vi.stubGlobal('localStorage', store);
    vi.stubGlobal('sessionStorage', store);
    const { session } = station();
    serve(() => tokens());

    await session.signIn('wg01', 'secret');

    expect(store.setItem).not.toHaveBeenCalled();
  });
});

describe('opening the page', () => {
  test('without a valid cookie asks to sign in', async () => {
    const { session } = station();
    serve(() => problem(401));
    await session.restore();
    expect(session.state.is).toBe('out');
  });

  test('without a network is offline, not signed out', async () => {
    const { session } = station();
    serve(() => {
      throw new TypeError('Failed to fetch');
    });
    await session.restore();
    expect(session.state.is).toBe('offline');
  });
});

describe('a passing failure', () => {
  async function signedIn(answer) {
    const made = station();
    const calls = serve((call, all) => (call.path.endsWith('/sessions') ? tokens() : answer(call, all)));
    await made.session.signIn('dd01', 'secret');
    vi.useFakeTimers();
    return { ...made, calls };
  }
  const settle = async (promise) => {
    const outcome = promise.then((value) => ({ value }), (error) => ({ error }));
    await vi.runAllTimersAsync();
    vi.useRealTimers();
    return outcome;
  };

  test('of reading is tried again', async () => {
    const { client, calls } = await signedIn((call, all) => (all.length < 4 ? problem(503) : json({ ok: true })));
    expect((await settle(client.get('/a'))).value.data).toEqual({ ok: true });
    expect(asked(calls, 'GET', '/a')).toHaveLength(3);
  });

  test('of a step is tried again only under the same idempotency key', async () => {
    const { client, calls } = await signedIn(() => problem(502));
    await settle(client.post('/x', {}, { idempotencyKey: 'k' }));
    expect(asked(calls, 'POST', '/x').map(({ headers }) => headers.get('Idempotency-Key'))).toEqual(['k', 'k', 'k']);
  });

  test('of a step without a key is told at once', async () => {
    const { client, calls } = await signedIn(() => problem(502));
    expect((await settle(client.post('/x', {}))).error.status).toBe(502);
    expect(asked(calls, 'POST', '/x')).toHaveLength(1);
  });

  test('is not one when the content is at fault', async () => {
    const { client, calls } = await signedIn(() => problem(422, 'invalid', '填写有误'));
    expect((await settle(client.get('/a'))).error.message).toBe('填写有误');
    expect(asked(calls, 'GET', '/a')).toHaveLength(1);
  });
});

describe('an answer that is not ours', () => {
  test('a page of a Wi-Fi gate is told apart by its kind', async () => {
    const { session } = station({ marker: 'X-WG-Api' });
    serve(portal);
    await expect(session.signIn('wg01', 'secret')).rejects.toMatchObject({ kind: 'portal' });
  });

  test('JSON without the marker is not believed either', async () => {
    const { session } = station({ marker: 'X-WG-Api' });
    serve(() => new Response('{"access_token":"x"}', { headers: { 'Content-Type': 'application/json' } }));
    await expect(session.signIn('wg01', 'secret')).rejects.toMatchObject({ kind: 'portal' });
    expect(session.token()).toBeNull();
  });
});

test('a 412 brings the current state along', async () => {
  const { client, session } = station();
  serve(({ path }) => (path.endsWith('/sessions') ? tokens()
    : new Response(JSON.stringify({ type: '/problems/stale', current: { id: 'e' } }), {
      status: 412, headers: { 'Content-Type': 'application/problem+json' },
    })));
  await session.signIn('dd01', 'secret');
  await expect(client.post('/events/e/steps', {}, { ifMatch: '"1"' })).rejects
    .toMatchObject({ status: 412, slug: 'stale', problem: { current: { id: 'e' } } });
});

test('paths of the server and empty filters are understood', async () => {
  const { client, session } = station();
  const calls = serve(({ path }) => (path.endsWith('/sessions') ? tokens() : json({})));
  await session.signIn('dd01', 'secret');
  await client.get('/events', { query: { queue: 'file', q: '', light: undefined, area: null } });
  await client.post('/api/events/e/steps', {});
  expect(calls.slice(1).map(({ path }) => path)).toEqual(['/api/events?queue=file', '/api/events/e/steps']);
});

test('the clock follows the server when the device is far off', async () => {
  const { session } = station();
  const date = new Date(Date.now() + 3_600_000).toUTCString();
  serve(() => json({ access_token: 't', user: ME }, { headers: { Date: date } }));
  await session.signIn('wg01', 'secret');
  expect(Math.round(offset_ms.value / 60_000)).toBe(60);
});
