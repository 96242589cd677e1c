import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createClient } from '@/shared/api/client.js';
import { createSession } from '@/shared/api/session.js';
import { adopt } from '@/handset/outbox/adopt.js';
import { addMedia, dropDraft, emptyAnswer, emptyRecord, emptyReport, loadDraft, removeMedia, saveDraft } from '@/handset/outbox/draft.js';
import { createFlusher } from '@/handset/outbox/flusher.js';
import { answerOp, readOp, recordOp, reportOp, shiftOp } from '@/handset/outbox/op.js';
import { choices, words } from '@/handset/outbox/plain.js';
import { arrivedWork, enqueue, ownWork } from '@/handset/outbox/queue.js';
import { again, draftOf, giveUp, insist, toForm } from '@/handset/outbox/redo.js';
import { backoff_ms } from '@/handset/outbox/settle.js';
import { batches } from '@/handset/outbox/size.js';
import { createWays } from '@/handset/outbox/ways.js';
import { cleanText } from '@/handset/outbox/words.js';
import { HASHES, makeStore, photo, PLACE } from './handset-rig.js';
import { asked, json, ME, portal, problem, serve } from './server.js';

const marker = 'X-WG-Api';
let store;
let session;
let flusher;
let takes = () => true;

beforeEach(async () => {
  store = await makeStore();
  session = createSession({ path: '/mobile/v1/session', marker });
  const client = createClient({ base: '/mobile/v1', session, marker });
  const username = () => (session.state.is === 'in' ? session.state.user.username : null);
  takes = () => true;
  flusher = createFlusher({ store, ways: createWays(client), username, takes: (kind) => takes(kind) });
});
afterEach(async () => {
  flusher.stop();
  vi.unstubAllGlobals();
  await store.db.delete();
});

async function queued({ username = 'wg01', hashes = HASHES, description = '水果摊占道' } = {}) {
  const draft = { ...emptyReport(username), category: '0406', description };
  for (const sha256 of hashes) await addMedia(store, draft, photo(sha256));
  await enqueue(store, { username, op: reportOp(draft, PLACE), title: '占道经营', draft });
  return draft.client_id;
}

const receipt = (client_id) => ({ id: `e-${client_id}`, client_id, state: { code: 'reported', label: '待受理' }, reported_at: 't' });
const tokens = (user = ME) => json({ access_token: 't', user });
const applied = (op) => ({ op_id: op.op_id, status: 'applied', receipt: op.kind === 'event.report' ? receipt(op.entity_id) : undefined });

/** A server that takes batches; `change` may answer a call otherwise; `result` an op. */
async function online(change = () => undefined, { user = ME, result = () => undefined } = {}) {
  const calls = serve(async (call, all) => {
    if (call.path.endsWith('/session')) return tokens(user);
    const other = await change(call, all);
    if (other) return other;
    if (call.path.endsWith('/refresh')) return tokens(user);
    if (call.method === 'PUT') return json({ sha256: call.path.split('/').pop() }, { status: 201 });
    if (call.path.endsWith('/sync/push')) return json({ results: call.body.ops.map((op) => result(op) ?? applied(op)) });
    return undefined;
  });
  await session.signIn(user.username, 'secret');
  return calls;
}
const own = async () => ownWork(store, 'wg01');
const sentOps = (calls) => asked(calls, 'POST', '/sync/push').flatMap(({ body }) => body.ops);

describe('a report', () => {
  test('stands in the queue and is no draft any more', async () => {
    const client_id = await queued();
    expect(await own()).toMatchObject([{ seq: 1, is: 'waiting', op: { entity_id: client_id, payload: { category: '0406', position: PLACE } } }]);
    expect(await store.db.draft.count()).toBe(0);
  });

  test('is sealed: neither words nor place nor photos can be read in the database', async () => {
    await queued();
    const rows = [...await store.db.op.toArray(), ...await store.db.media.toArray()];
    const bytes = [...await store.db.op.toArray()].map(({ body }) => new TextDecoder('latin1').decode(body.data)).join('');
    expect(JSON.stringify(rows)).not.toContain('水果摊');
    expect(bytes).not.toContain('114.72');
    expect((await store.db.bytes.toArray())[0].sealed.data.byteLength).toBe(18);
  });

  test('goes words first, then photo by photo, and leaves once all is acknowledged', async () => {
    await queued();
    const calls = await online();

    await flusher.flush();

    expect(calls.slice(1).map(({ method, path }) => `${method} ${path.split('/')[3]}`)).toEqual([
      'POST sync', 'OPTIONS files', 'PUT photos', 'PUT photos']);
    expect([await store.db.op.count(), await store.db.media.count(), await store.db.bytes.count()]).toEqual([0, 0, 0]);
    expect(await arrivedWork(store, await store.db.arrived.toArray())).toMatchObject([{ title: '占道经营', receipt: { state: { label: '待受理' } } }]);
  });

  test('is sent once when many ask at the same time', async () => {
    await queued();
    const calls = await online();
    await Promise.all([flusher.flush(), flusher.flush(), flusher.flush()]);
    expect(sentOps(calls)).toHaveLength(1);
  });

  test('keeps its content byte for byte over all tries', async () => {
    await queued();
    let broken = 3;
    const calls = await online(({ path }) => (path.endsWith('/sync/push') && (broken -= 1) >= 0 ? problem(500) : undefined));
    for (let tries = 0; tries < 4; tries += 1) await flusher.flush({ isHurried: true });
    const bodies = sentOps(calls).map((op) => JSON.stringify(op));
    expect(bodies.length).toBe(4);
    expect(new Set(bodies).size).toBe(1);
  });
});

describe('nothing is lost', () => {
  test.each([
    ['a Wi-Fi gate answers 200 with its page', portal],
    ['somebody on the way says 404', () => new Response('nginx', { status: 403 })],
    ['the server breaks', () => problem(500)],
    ['the server is busy', () => problem(429)],
    ['the app is too old', () => problem(426)],
    ['the phone has been taken out of service', () => problem(403, 'device-revoked')],
    ['the answer names no results', () => json({})],
    ['the answer is about other work', () => json({ results: [{ op_id: 'x', status: 'applied' }] })],
    ['there is no network', () => { throw new TypeError('Failed to fetch'); }],
  ])('when %s', async (_, answer) => {
    await queued();
    await online(({ path }) => (path.endsWith('/sync/push') ? answer() : undefined));

    await flusher.flush();

    const [work] = await own();
    expect(work).toMatchObject({ is: 'waiting', tries: 1 });
    expect(work.fate.reason).not.toBe('');
    expect(work.next_at).toBeGreaterThan(Date.now());
    expect(await store.db.bytes.count()).toBe(2);
  });

  test('when the login has expired in mid-queue, and it goes on after the next', async () => {
    await queued({ hashes: [] });
    await queued();
    let isExpired = true;
    const calls = await online(({ method, path }) => (isExpired && (method === 'PUT' || path.endsWith('/refresh')) ? problem(401) : undefined));

    await flusher.flush();
    expect(session.state.is).toBe('out');
    expect(await own()).toMatchObject([{ is: 'sent', media: [{ state: 'waiting' }, { state: 'waiting' }] }]);

    isExpired = false;
    await session.signIn('wg01', 'secret');
    await flusher.flush({ isHurried: true });
    expect(await own()).toEqual([]);
    expect(sentOps(calls)).toHaveLength(2);
  });

  test('when the answer to a stored report is lost: the same op is sent again under the same id', async () => {
    await queued({ hashes: [] });
    const stored = new Set();
    const calls = await online(({ path, body }) => {
      if (!path.endsWith('/sync/push')) return undefined;
      const { op_id } = body.ops[0];
      const isFirst = !stored.has(op_id);
      stored.add(op_id);
      if (isFirst) throw new TypeError('connection reset');
      return json({ results: [{ op_id, status: 'duplicate' }] });
    });

    await flusher.flush();
    await flusher.flush({ isHurried: true });

    expect(stored.size).toBe(1);
    expect(sentOps(calls)).toHaveLength(2);
    expect(await own()).toEqual([]);
  });

  test('when one photo is refused: the words have arrived, the photo stays with its reason', async () => {
    await queued();
    await online(({ method, path }) => (method === 'PUT' && path.endsWith(HASHES[1]) ? problem(422, 'invalid', '照片损坏') : undefined));

    await flusher.flush();

    const [work] = await own();
    expect(work).toMatchObject({ is: 'parked', fate: { status: 'media', reason: '照片损坏' }, media: [{ state: 'sent' }, { state: 'waiting' }] });
    expect(words(work).what).toContain('文字和位置已送达');
    expect(choices(work).map(([code]) => code)).toEqual(['again', 'drop']);
  });

  test('when the system has thrown a photo away: said so, the words are not harmed', async () => {
    await queued();
    await store.db.bytes.clear();
    await online();
    await flusher.flush();
    expect((await own())[0]).toMatchObject({ is: 'parked', fate: { receipt: { state: { code: 'reported' } } } });
  });

  test('when photos time out on the server: they go later, the words not twice', async () => {
    await queued();
    let isSlow = true;
    const calls = await online(({ method }) => (isSlow && method === 'PUT' ? problem(504) : undefined));
    await flusher.flush();
    expect((await own())[0].fate.reason).toContain('照片没传完（0/2）');

    isSlow = false;
    await flusher.flush({ isHurried: true });

    expect(await own()).toEqual([]);
    expect(sentOps(calls)).toHaveLength(1);
  });

  test('when another person signs in: nobody sends what another wrote', async () => {
    await queued({ username: 'wg02', hashes: [] });
    const calls = await online();
    await flusher.flush({ isHurried: true });
    expect(sentOps(calls)).toHaveLength(0);
    expect(await ownWork(store, 'wg02')).toHaveLength(1);
  });
});

describe('results', () => {
  const results = (status, rest = {}) => ({ result: (op) => ({ op_id: op.op_id, status, ...rest }) });

  test.each([
    ['merged', 'gone'], ['duplicate', 'gone'], ['held', 'waiting'], ['retry', 'waiting'], ['conflict', 'parked'], ['rejected', 'parked'],
  ])('%s leaves it %s', async (status, is) => {
    await queued({ hashes: [] });
    await online(undefined, results(status, { error: { code: 'x', message: '类别已停用' } }));
    await flusher.flush();
    expect((await own())[0]?.is ?? 'gone').toBe(is);
  });

  test('a poisonous op harms nobody, a refused batch is halved until it stands alone', async () => {
    for (const description of ['一', '二', '坏', '四', '五']) await queued({ hashes: [], description });
    const calls = await online(({ path, body }) => (
      path.endsWith('/sync/push') && body.ops.some(({ payload }) => payload.description === '坏') ? problem(422, 'invalid', '读不懂') : undefined));

    await flusher.flush();

    expect((await own()).map(({ op, is }) => [op.payload.description, is])).toEqual([['坏', 'parked']]);
    expect(asked(calls, 'POST', '/sync/push').length).toBeGreaterThan(2);
  });

  test('413 halves; one that is too big alone is refused in words', async () => {
    for (let at = 0; at < 3; at += 1) await queued({ hashes: [] });
    await online(({ path, body }) => (path.endsWith('/sync/push') && body.ops.length > 1 ? problem(413) : undefined));
    await flusher.flush();
    expect(await own()).toEqual([]);
  });

  test('a kind the server does not take yet stays here unsent', async () => {
    takes = (kind) => kind !== 'shift.on';
    await enqueue(store, { username: 'wg01', op: shiftOp('s-1', true, PLACE), title: '签到' });
    const calls = await online();
    await flusher.flush({ isHurried: true });
    expect(sentOps(calls)).toEqual([]);
    expect(await own()).toMatchObject([{ is: 'waiting', kind: 'shift.on' }]);
  });
});

test('an edit of something made offline waits for it and learns its number', async () => {
  const form = { id: 'diary', version: 1 };
  const draft = { ...emptyRecord('wg01', form), values: { done: '一' } };
  const first = await enqueue(store, { username: 'wg01', op: recordOp(draft, 'diary', []), title: '日志' });
  await enqueue(store, { username: 'wg01', op: recordOp({ ...draft, values: { done: '二' } }, 'diary', [first]), title: '日志' });
  const calls = await online(undefined, { result: (op) => ({ op_id: op.op_id, status: 'applied', rev: 5 }) });

  await flusher.flush();

  expect(sentOps(calls).map(({ base_rev, payload }) => [base_rev, payload.values.done])).toEqual([[null, '一'], [5, '二']]);
  expect(await own()).toEqual([]);
});

describe('a person decides', () => {
  async function parked(status, rest = {}) {
    await queued();
    await online(undefined, { result: (op) => ({ op_id: op.op_id, status, error: { code: 'x', message: '类别已停用' }, ...rest }) });
    await flusher.flush();
    return (await own())[0];
  }

  test('to mend and report again: a draft under new ids, photos and all', async () => {
    const work = await parked('rejected');
    expect(words(work).what).toBe('服务器没有收：类别已停用');
    await toForm(store, work, draftOf(work));
    const draft = await loadDraft(store, emptyReport('wg01'));
    expect(draft).toMatchObject({ category: '0406', description: '水果摊占道', media: [{ sha256: HASHES[0] }, { sha256: HASHES[1] }] });
    expect(draft.client_id).not.toBe(work.entity_id);
    expect(await store.db.media.where({ owner: draft.client_id }).count()).toBe(2);
    expect(await own()).toEqual([]);
  });

  test('to send it again as it is', async () => {
    await again(store, await parked('rejected'));
    expect(await own()).toMatchObject([{ is: 'waiting', next_at: 0 }]);
  });

  test('to give it up', async () => {
    await giveUp(store, await parked('rejected'));
    expect([await store.db.op.count(), await store.db.bytes.count()]).toEqual([0, 0]);
  });

  test('to insist on his version: a new op on top of the server’s', async () => {
    const work = await parked('conflict', { server: { rev: 7 } });
    expect(choices(work).map(([code]) => code)).toEqual(['both', 'drop']);
    await insist(store, work);
    const [next] = await own();
    expect(next.op).toMatchObject({ base_rev: 7, payload: work.op.payload });
    expect(next.op_id).not.toBe(work.op_id);
    expect(next.media).toHaveLength(2);
  });
});

describe('a server without batches', () => {
  const old = (more = () => undefined) => online((call) => more(call) ?? (call.path.endsWith('/sync/push') ? problem(404) : undefined)
    ?? (call.path.endsWith('/reports') ? json(receipt(call.body.client_id), { status: 201 }) : undefined));

  test('gets a report by its single route', async () => {
    const client_id = await queued();
    const calls = await old();
    await flusher.flush();
    expect(asked(calls, 'POST', '/reports')[0].body).toMatchObject({ client_id, category: '0406', photos: [{ sha256: HASHES[0], role: 'near' }, {}] });
    expect(await own()).toEqual([]);
  });

  test.each([['v3', 3, '"v3"'], ['another version', 4, '"stale"']])('gets an answer with the version the worker saw: %s', async (_, version, tag) => {
    const draft = { ...emptyAnswer('wg01', 'task-1'), result: 'fail', note: '还有摊位' };
    await enqueue(store, { username: 'wg01', op: answerOp(draft, { id: 'task-1', version: 3 }, PLACE), title: '核查', draft });
    const calls = await old(({ method, path }) => {
      if (method === 'GET') return json({ id: 'task-1', version }, { headers: { ETag: '"v3"' } });
      if (path.endsWith('/answer')) return version === 3 ? json({ id: 'task-1', version: 4 }) : problem(412, 'stale', '刚刚被别人更新过');
      return undefined;
    });
    await flusher.flush();
    expect(asked(calls, 'POST', '/answer')[0].headers.get('If-Match')).toBe(tag);
    expect((await own()).map(({ fate }) => fate.status)).toEqual(version === 3 ? [] : ['conflict']);
  });

  test('gets a receipt of a notice', async () => {
    await enqueue(store, { username: 'wg01', op: readOp({ id: 'n-1' }), title: '消息' });
    const calls = await old(({ path }) => (path.includes('/notices/') ? new Response(null, { status: 204, headers: { [marker]: '1' } }) : undefined));
    await flusher.flush();
    expect(asked(calls, 'POST', '/notices/n-1/read')).toHaveLength(1);
    expect(await own()).toEqual([]);
  });

  test('keeps what has no result when the network goes', async () => {
    await queued({ hashes: [] });
    await queued({ hashes: [] });
    let sent = 0;
    await old(({ path }) => {
      if (path.endsWith('/reports') && (sent += 1) > 1) throw new TypeError('Failed to fetch');
      return undefined;
    });
    await flusher.flush();
    expect(await own()).toHaveLength(1);
  });
});

describe('a draft', () => {
  test('keeps every photo, also when several are chosen at once', async () => {
    const store = await makeStore();
    const draft = emptyReport('wg01');

    await Promise.all(HASHES.map((sha256) => addMedia(store, draft, photo(sha256))));

    expect(draft.media.map(({ sha256 }) => sha256)).toEqual(HASHES);
    expect((await loadDraft(store, emptyReport('wg01'))).media).toHaveLength(2);
  });

  test('is there again after the page was killed, with its photos, and is its owner’s only', async () => {
    const draft = { ...emptyReport('wg01'), description: '写到一半' };
    await addMedia(store, draft, photo(HASHES[0]));
    const found = await loadDraft(store, emptyReport('wg01'));
    expect(found).toMatchObject({ client_id: draft.client_id, description: '写到一半', media: [{ sha256: HASHES[0] }] });
    expect((await loadDraft(store, emptyReport('wg02'))).description).toBe('');
  });

  test('gives its photos up one by one or all at once', async () => {
    const draft = emptyReport('wg01');
    for (const sha256 of HASHES) await addMedia(store, draft, photo(sha256));
    await removeMedia(store, draft, draft.media[0].media_id);
    expect(draft.media.map(({ sha256 }) => sha256)).toEqual([HASHES[1]]);
    await dropDraft(store, draft);
    expect([await store.db.media.count(), await store.db.bytes.count(), await store.db.draft.count()]).toEqual([0, 0, 0]);
  });

  test('is saved all the same when the phone is full: cached pictures make room', async () => {
    await store.db.thumb.put({ id: 'x', at: 1, sealed: {} });
    const put = store.db.draft.put.bind(store.db.draft);
    let isFull = true;
    store.db.draft.put = (row) => {
      if (isFull && (isFull = false) === false) return Promise.reject(Object.assign(new Error('full'), { name: 'QuotaExceededError' }));
      return put(row);
    };
    await saveDraft(store, { ...emptyReport('wg01'), description: '留住' });
    expect((await loadDraft(store, emptyReport('wg01'))).description).toBe('留住');
    expect(await store.db.thumb.count()).toBe(0);
  });
});

test('work of the first version of the app is taken over, sealed, with its photos', async () => {
  const body = { client_id: 'c'.repeat(36), category: '0406', occurred_at: 't', position: PLACE, description: '旧的', photos: [{ sha256: HASHES[0], role: 'far' }] };
  await store.db.outbox.put({ client_id: body.client_id, username: 'wg01', kind: 'report', title: '占道经营', body, photos: [{ sha256: HASHES[0], isSent: false }], receipt: null });
  await store.db.photo.put({ client_id: body.client_id, sha256: HASHES[0], bytes: new Uint8Array([7]).buffer });
  await adopt(store, 'wg01');
  await adopt(store, 'wg01');
  expect(await own()).toMatchObject([{ op: { entity_id: body.client_id, payload: { description: '旧的' } }, media: [{ role: 'far', state: 'waiting' }] }]);
  expect([await store.db.outbox.count(), await store.db.photo.count()]).toEqual([0, 0]);
});

test('batches hold at most 50 ops and 256 KiB, in order', () => {
  const ops = Array.from({ length: 120 }, (_, at) => ({ at, text: '字'.repeat(at === 60 ? 90_000 : 10) }));
  const found = batches(ops);
  expect(found.flat()).toEqual(ops);
  expect(found.every((batch) => batch.length <= 50)).toBe(true);
  expect(found.find((batch) => batch.includes(ops[60]))).toEqual([ops[60]]);
});

test('backs off longer and longer, never for ever, and obeys Retry-After', () => {
  expect([0, 1, 2].map((tries) => backoff_ms(tries, undefined, 1))).toEqual([5000, 10_000, 20_000]);
  expect(backoff_ms(3000, undefined, 1)).toBe(600_000);
  expect(backoff_ms(0, undefined, 0)).toBe(2500);
  expect(backoff_ms(5, 60, 0)).toBe(60_000);
});

test('nobody’s characters are taken out of texts, rare ones stay', () => {
  expect(cleanText(' 𠮷㛃\u0000😀\ud800 ')).toBe('𠮷㛃😀');
});
