import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { OVERTAKEN, useDossier } from '@/console/case/dossier.js';
import { useList } from '@/console/queue/list.js';
import { session } from '@/console/station.js';
import { asked, json, problem, serve } from './server.js';

const DISPATCH = { action: 'dispatch', href: '/api/events/e1/steps', fields: [] };
const event = (version, state = 'pending_dispatch') => ({ id: 'e1', version, state: { code: state } });
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
    expect([dossier.remark.value, dossier.event.value.version]).toEqual([OVERTAKEN, 5]);

    await dossier.move(DISPATCH, {}, 'k2');
    expect(asked(calls, 'POST', '/steps').map(({ headers }) => headers.get('If-Match'))).toEqual(['"v3"', '"v5"']);
    expect(dossier.remark.value).toBe('');
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

  test('opens at the first queue that has work', async () => {
    const calls = serve(({ path }) => (path.endsWith('/queues') ? json({ items: queues }) : json({ items: [event(1)], next: null })));
    const list = useList();
    await list.open();
    expect(list.queue.value).toBe('file');
    expect(asked(calls, 'GET', '/events')[0].path).toBe('/api/events?queue=file&limit=50');
  });

  test('leaves a queue chosen before it was open', async () => {
    const late = deferred();
    let isFirst = true;
    serve(({ path }) => {
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

  test('keeps what it has and says so when it cannot be read again', async () => {
    let isBroken = false;
    serve(({ path }) => {
      if (isBroken) return problem(404, 'x', '没有找到');
      return path.endsWith('/queues') ? json({ items: queues }) : json({ items: [event(1)], next: null });
    });
    const list = useList();
    await list.open();
    isBroken = true;
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
