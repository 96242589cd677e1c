import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createClient } from '@/shared/api/client.js';
import { createSession } from '@/shared/api/session.js';
import { enqueue } from '@/handset/outbox/queue.js';
import { makeOp } from '@/handset/outbox/op.js';
import { createCollections } from '@/handset/store/collection.js';
import { applyPage, putLocal, release } from '@/handset/sync/apply.js';
import { check, digest } from '@/handset/sync/check.js';
import { pullLists } from '@/handset/sync/legacy.js';
import { pull } from '@/handset/sync/pull.js';
import { makeStore } from './handset-rig.js';
import { asked, json, ME, problem, serve } from './server.js';

const ME_ = 'wg01';
let store;
let client;

beforeEach(async () => {
  store = await makeStore();
  const session = createSession({ path: '/mobile/v1/session' });
  client = createClient({ base: '/mobile/v1', session });
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await store.db.delete();
});

const put = (id, rev, data = {}, c = 'event') => ({ c, id, rev, op: 'put', data });
const page = (changes, rest = {}) => json({ epoch: 'e', cursor: 'c1', has_more: false, changes, ...rest });
const held = async (c = 'event') => (await store.db.row.where({ username: ME_, c }).toArray()).map(({ id, rev }) => [id, rev]);
const online = (answer) => serve((call, all) => (call.path.includes('/session') ? json({ access_token: 't', user: ME }) : answer(call, all)));

describe('pull', () => {
  test('takes page after page from where it stopped', async () => {
    const calls = online(({ path }) => {
      if (path.includes('cursor=c2')) return page([{ c: 'event', id: 'a', rev: 2, op: 'del' }], { cursor: 'c3', snapshot: false });
      if (path.includes('cursor=c1')) return page([put('b', 1)], { cursor: 'c2', snapshot: false });
      return page([put('a', 1)], { cursor: 'c1', has_more: true, snapshot: true });
    });
    expect(await pull(store, client, ME_)).toMatchObject({ changed: 2 });
    expect(await held()).toEqual([['a', 1], ['b', 1]]);
    await pull(store, client, ME_);
    expect(await held()).toEqual([['b', 1]]);
    expect(asked(calls, 'GET', '/sync/pull')).toHaveLength(3);
  });

  test('a page and its cursor come together or not at all', async () => {
    online(() => page([put('a', 1)], { snapshot: false }));
    const broken = store.db.meta.put.bind(store.db.meta);
    store.db.meta.put = () => Promise.reject(new Error('killed'));
    await expect(pull(store, client, ME_)).rejects.toThrow('killed');
    store.db.meta.put = broken;
    expect(await held()).toEqual([]);
  });

  test('410: a full pull, after which what is not named is gone, but never a row with unsent work', async () => {
    await applyPage(store, { username: ME_, changes: [put('old', 1), put('mine', 1), put('stays', 1)], cursor: { value: 'c0', run: null }, run: '' });
    await enqueue(store, { username: ME_, op: makeOp('record.put', 'mine'), title: 'x' });
    online(({ path }) => (path.includes('cursor=c0') ? problem(410, 'sync-gone') : page([put('stays', 5)], { snapshot: false })));
    await pull(store, client, ME_);
    expect(await held()).toEqual([['mine', 1], ['stays', 5]]);
  });

  test('a full pull cut in the middle goes on where it was, and then clears up', async () => {
    await applyPage(store, { username: ME_, changes: [put('old', 1)], run: '' });
    let isCut = true;
    online(({ path }) => {
      if (!path.includes('cursor=')) return page([put('a', 1)], { has_more: true, snapshot: true });
      if (isCut) throw new TypeError('Failed to fetch');
      return page([], { cursor: 'c2', snapshot: false });
    });
    await expect(pull(store, client, ME_)).rejects.toMatchObject({ kind: 'offline' });
    expect(await held()).toEqual([['a', 1], ['old', 1]]);
    isCut = false;
    await pull(store, client, ME_);
    expect(await held()).toEqual([['a', 1]]);
  });
});

test('what the server says about a row with unsent work waits until that has arrived', async () => {
  await applyPage(store, { username: ME_, changes: [put('a', 1, { v: 'first' }), put('b', 1)], run: '' });
  await enqueue(store, { username: ME_, op: { ...makeOp('record.put', 'a'), op_id: 'o1' }, title: 'x' });
  await putLocal(store, ME_, 'event', 'a', { v: 'mine' });
  await applyPage(store, { username: ME_, changes: [put('a', 2, { v: 'server' }), { c: 'event', id: 'b', rev: 2, op: 'revoke' }], run: '' });
  const collections = createCollections(store);
  await collections.reload(ME_);
  expect(collections.rows.event).toEqual([{ id: 'a', rev: 1, v: 'mine' }]);

  await store.db.op.delete('o1');
  await release(store, ME_, 'a');
  await collections.reload(ME_);
  expect(collections.rows.event).toEqual([{ id: 'a', rev: 2, v: 'server' }]);
});

test('rows are sealed, another person’s are not seen', async () => {
  await applyPage(store, { username: ME_, changes: [put('a', 1, { name: '田小禾' })], run: '' });
  const [{ sealed }] = await store.db.row.toArray();
  expect(new TextDecoder('latin1').decode(sealed.data)).not.toContain('name');
  const collections = createCollections(store);
  await collections.reload('wg02');
  expect(collections.rows.event).toEqual([]);
});

describe('check', () => {
  test('its hash is over the sorted lines, as the server makes it', async () => {
    const { createHash } = await import('node:crypto');
    const expected = createHash('sha256').update('a:1\nb:2\n').digest('hex');
    expect(await digest([{ id: 'b', rev: 2 }, { id: 'a', rev: 1 }])).toBe(expected);
  });

  test('a damaged phone is mended', async () => {
    await applyPage(store, { username: ME_, changes: [put('a', 1), put('gone', 1)], run: '' });
    const calls = online(({ body }) => (body.collections
      ? json({ collections: { event: 'differs', task: 'same' } })
      : json({ changes: [put('a', 3), put('b', 1), { c: 'event', id: 'gone', rev: 1, op: 'del' }], has_more: false })));
    expect(await check(store, client, ME_)).toEqual(['event']);
    expect(await held()).toEqual([['a', 3], ['b', 1]]);
    expect(calls[calls.length - 1].body.items.event).toEqual([['a', 1], ['gone', 1]]);
  });
});

test('an older server’s lists are read as one full page', async () => {
  await applyPage(store, { username: ME_, changes: [put('old', 1, {}, 'task')], run: '' });
  online(({ path }) => {
    if (path.includes('/tasks')) return json({ items: [{ id: 't', version: 3 }] });
    if (path.includes('/notices')) return json({ items: [{ id: 'n', read_at: null }] });
    return json({ items: [{ id: 'e', version: 1 }] });
  });
  await pullLists(store, client, ME_);
  expect([await held('task'), await held('notice'), await held('event')]).toEqual([[['t', 3]], [['n', 1]], [['e', 1]]]);
});

test('a thousand changes on one page are all taken in', async () => {
  await applyPage(store, { username: ME_, changes: Array.from({ length: 1000 }, (_, at) => put(`e${at}`, 1, { text: '字'.repeat(300) })), run: '' });
  const collections = createCollections(store);
  await collections.reload(ME_);
  expect(collections.rows.event).toHaveLength(1000);
});
