import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LEFT, useDossier } from '@/console/case/dossier.js';
import { useList } from '@/console/queue/list.js';
import { useTicks } from '@/console/queue/ticks.js';
import { session } from '@/console/station.js';
import { asked, json, problem, serve } from './server.js';

const DISPATCH = { action: 'dispatch', href: '/api/events/e1/steps', fields: [] };
const entry = (seq) => ({ seq, at: '2026-11-22T10:05:00+08:00', actor: { name: '周敏' }, action: { label: '下交' } });
const event = (version, state = 'pending_dispatch') => ({
  id: 'e1', version, state: { code: state, label: state }, steps: [DISPATCH], history: Array.from({ length: version }, (_, n) => entry(n + 1)),
});
const tagged = (data) => json(data, { headers: { ETag: `"v${data.version}"` } });

beforeEach(async () => {
  serve(() => json({ access_token: 't', user: { username: 'dd01' } }));
  await session.signIn('dd01', 'secret');
});
afterEach(() => vi.unstubAllGlobals());

describe('the case being read', () => {
  test('is moved under the version it was read with, and shows what the server made of it', async () => {
    const calls = serve(({ method }) => tagged(method === 'POST' ? event(4, 'pending_sign') : event(3)));
    const dossier = useDossier();
    await dossier.open('e1');

    await dossier.move(DISPATCH, { department: 'dlcg' }, 'key');

    const [post] = asked(calls, 'POST', '/steps');
    expect(post.headers.get('If-Match')).toBe('"v3"');
    expect(post.body).toEqual({ action: 'dispatch', department: 'dlcg' });
    expect(dossier.event.value.state.code).toBe('pending_sign');
  });

  test('that somebody moved first is shown as it is now, and the next step goes with its version', async () => {
    let version = 3;
    const calls = serve(({ method, headers }) => {
      if (method === 'GET') return tagged(event(version));
      if (headers.get('If-Match') === '"v3"') {
        version = 5;
        return problem(412, 'stale', '这条记录刚刚被别人更新过');
      }
      return tagged(event(6));
    });
    const dossier = useDossier();
    await dossier.open('e1');

    await expect(dossier.move(DISPATCH, {}, 'k1')).rejects.toMatchObject({ status: 412 });
    expect(dossier.event.value.version).toBe(5);
    expect(dossier.clash.value.entries.map(({ seq }) => seq)).toEqual([5, 4]);
    expect(dossier.clash.value.step).toEqual(DISPATCH);

    await dossier.move(DISPATCH, {}, 'k2');
    expect(asked(calls, 'POST', '/steps').map(({ headers }) => headers.get('If-Match'))).toEqual(['"v3"', '"v5"']);
    expect(dossier.clash.value).toBeNull();
  });

  test('says what others did while it stood open, and that it left one’s sight, without losing what is shown', async () => {
    let answer = tagged(event(3));
    serve(() => answer.clone());
    const dossier = useDossier();
    await dossier.open('e1');
    answer = tagged(event(5));
    expect(await dossier.keepCurrent()).toBe(true);
    expect(dossier.news.value.map(({ seq }) => seq)).toEqual([5, 4]);
    answer = problem(404, 'not-found');
    expect(await dossier.keepCurrent()).toBe(true);
    expect([dossier.event.value.version, dossier.event.value.steps, dossier.remark.value]).toEqual([5, [], LEFT]);
  });

  test('keeps standing while the network is away', async () => {
    let isAway = false;
    serve(() => (isAway ? problem(404, 'x') : tagged(event(3))));
    const dossier = useDossier();
    await dossier.open('e1');
    isAway = true;
    await dossier.keepCurrent();
    expect(dossier.event.value.version).toBe(3);
  });

  test('is never replaced by a late answer for another', async () => {
    const late = deferred();
    serve(({ path }) => (path.endsWith('e1') ? late.promise : tagged({ id: 'e2', version: 1 })));
    const dossier = useDossier();
    const first = dossier.open('e1');
    await dossier.open('e2');
    late.resolve(tagged(event(3)));
    await first;
    expect(dossier.event.value.id).toBe('e2');
  });
});

describe('the list', () => {
  const queues = [{ code: 'accept', label: '待受理', count: 0 }, { code: 'file', label: '待立案', count: 2 }];
  const due = (id, minute) => ({ id, version: 1, due_at: `2026-11-22T10:${minute}:00.000+08:00` });
  let stock;

  /** A server with these cases in whatever queue is asked for. */
  function serveStock(cases) {
    stock = cases;
    return serve(({ path }) => {
      if (path.endsWith('/queues')) return json({ items: queues });
      if (path.includes('/marks')) return json({ total: stock.length, every: 100, marks: [], cut: false });
      const wanted = new URL(path, 'http://x').searchParams.get('ids')?.split(',');
      return json({ items: wanted ? stock.filter(({ id }) => wanted.includes(id)) : stock, next: null });
    });
  }
  const ids = (list) => list.items.value.map(({ id }) => id);

  test('opens at the first queue that has work, by what is due first', async () => {
    const calls = serveStock([due('a', 10)]);
    const list = useList();
    await list.open();
    expect(list.queue.value).toBe('file');
    expect(asked(calls, 'GET', '/events?')[0].path).toBe('/api/events?queue=file&sort=due&limit=100');
    expect([list.total.value, ids(list)]).toEqual([1, ['a']]);
  });

  test('opens with what the address says', async () => {
    serveStock([]);
    const list = useList();
    await list.open({ queue: 'accept', sort: 'due', light: 'red' });
    expect([list.queue.value, list.filters.light, list.hasLoaded.value]).toEqual(['accept', 'red', true]);
  });

  test('leaves a queue chosen before it was open', async () => {
    const late = deferred();
    let isFirst = true;
    serve(({ path }) => {
      if (path.includes('/marks')) return json({ total: 1, every: 100, marks: [], cut: false });
      if (!path.endsWith('/queues')) return json({ items: [event(1)], next: null });
      const answer = isFirst ? late.promise : json({ items: queues });
      isFirst = false;
      return answer;
    });
    const list = useList();
    const opening = list.open();
    list.queue.value = '';
    await list.change();
    late.resolve(json({ items: queues }));
    await opening;
    expect(list.queue.value).toBe('');
  });

  test('puts what changed where it belongs now, takes out what left and takes in what is new', async () => {
    const calls = serveStock([due('a', 10), due('b', 20), due('c', 30)]);
    const list = useList();
    await list.open();
    stock = [due('b', 20), due('d', 25), due('a', 40)];
    const before = asked(calls, 'GET', '/marks').length;

    await list.refresh(['a', 'c', 'd']);

    expect([ids(list), list.total.value]).toEqual([['b', 'd', 'a'], 3]);
    expect(asked(calls, 'GET', '/marks').length).toBe(before);
    list.stop();
  });

  test('asks again for what changed while all was being read', async () => {
    serveStock([due('a', 10), due('b', 20)]);
    const list = useList();
    await list.open();
    const early = [due('a', 10), due('b', 20)];
    const late = deferred();
    stock = [due('b', 20)];
    const now = globalThis.fetch;
    vi.stubGlobal('fetch', async (path, init) => {
      if (path.includes('ids=') || path.includes('/queues')) return now(path, init);
      await late.promise;
      return path.includes('/marks') ? json({ total: 2, every: 100, marks: [], cut: false }) : json({ items: early, next: null });
    });

    const all = list.reload();
    const one = list.refresh(['a']);
    late.resolve();
    await Promise.all([all, one]);

    expect([ids(list), list.left.value]).toEqual([['b'], ['a']]);
    list.stop();
  });

  test('read anew, it says which of the ticked are no longer in it', async () => {
    serveStock([due('a', 10), due('b', 20)]);
    const list = useList();
    await list.open();
    const ticks = useTicks(list);
    ticks.one(0);
    ticks.one(1);
    stock = [due('b', 20)];

    await list.reload();
    await vi.waitFor(() => expect(ticks.gone.value).toEqual(['a']));

    ticks.drop();
    expect([...ticks.ticked.value.keys()]).toEqual(['b']);
    list.stop();
  });

  test('keeps what it has and says so when it cannot be read again', async () => {
    serveStock([due('a', 10)]);
    const list = useList();
    await list.open();
    serve(() => problem(404, 'x', '没有找到'));
    await list.reload();
    expect([list.items.value.length, list.trouble.value]).toEqual([1, '没有找到']);
  });
});

function deferred() {
  const made = {};
  made.promise = new Promise((resolve) => {
    made.resolve = resolve;
  });
  return made;
}
