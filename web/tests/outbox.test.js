import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createClient } from '@/shared/api/client.js';
import { createSession } from '@/shared/api/session.js';
import { openDb } from '@/handset/outbox/db.js';
import { addPhoto, dropDraft, emptyAnswer, emptyReport, loadDraft, removePhoto } from '@/handset/outbox/draft.js';
import { cleanText, enqueueAnswer, enqueueReport, ownRows, reopen } from '@/handset/outbox/outbox.js';
import { backoff_ms, createFlusher } from '@/handset/outbox/flusher.js';
import { asked, json, ME, portal, problem, serve } from './server.js';

const PLACE = { lon: 114.72, lat: 22.95, datum: 'wgs84', accuracy_m: 12, provider: 'gps' };
const HASHES = ['a'.repeat(64), 'b'.repeat(64)];
const marker = 'X-WG-Api';
let db;
let session;
let flusher;
let count = 0;

beforeEach(() => {
  db = openDb(`test-${(count += 1)}`);
  session = createSession({ path: '/mobile/v1/session', marker });
  const client = createClient({ base: '/mobile/v1', session, marker });
  flusher = createFlusher({ db, client, username: () => (session.state.is === 'in' ? session.state.user.username : null) });
});
afterEach(async () => {
  flusher.stop();
  vi.unstubAllGlobals();
  await db.delete();
});

async function queued({ username = 'wg01', hashes = HASHES, description = '水果摊占道' } = {}) {
  const draft = { ...emptyReport(username), category: '0406', description };
  for (const sha256 of hashes) await addPhoto(db, draft, { sha256, bytes: new Uint8Array([1, 2]).buffer, role: 'near', shot_at: 't' });
  await enqueueReport(db, draft, PLACE, '占道经营');
  return draft.client_id;
}

const receipt = (client_id) => ({ id: `e-${client_id}`, client_id, state: { code: 'reported', label: '待受理' }, reported_at: 't' });
const tokens = (user = ME) => json({ access_token: 't', user });

/** A server that works; `change` may answer a call otherwise. */
async function online(change = () => undefined, user = ME) {
  const calls = serve(async (call, all) => {
    if (call.path.endsWith('/session')) return tokens(user);
    const other = await change(call, all);
    if (other) return other;
    if (call.path.endsWith('/refresh')) return tokens(user);
    if (call.method === 'PUT') return json({ sha256: call.path.split('/').pop() }, { status: 201 });
    return json(receipt(call.body.client_id), { status: 201 });
  });
  await session.signIn(user.username, 'secret');
  return calls;
}
const row = (client_id) => db.outbox.get(client_id);

describe('a report', () => {
  test('stands in the outbox and is no draft any more', async () => {
    const client_id = await queued();
    expect((await row(client_id)).body).toMatchObject({ client_id, category: '0406', position: PLACE });
    expect(await db.draft.count()).toBe(0);
  });

  test('is sent photos first, and leaves with its photos once acknowledged', async () => {
    const client_id = await queued();
    const calls = await online();

    await flusher.flush();

    expect(calls.slice(1).map(({ method }) => method)).toEqual(['PUT', 'PUT', 'POST']);
    expect(await db.outbox.count()).toBe(0);
    expect(await db.photo.count()).toBe(0);
    expect((await db.receipt.get(client_id)).receipt.state.label).toBe('待受理');
  });

  test('is sent once when many ask at the same time', async () => {
    await queued();
    const calls = await online();
    await Promise.all([flusher.flush(), flusher.flush(), flusher.flush()]);
    expect(asked(calls, 'POST', '/reports')).toHaveLength(1);
  });

  test('keeps its body byte for byte over all tries', async () => {
    await queued();
    const calls = await online(({ method }, all) => (method === 'POST' && all.length < 8 ? problem(500) : undefined));
    await flusher.flush();
    await flusher.flush({ isForced: true });
    await flusher.flush({ isForced: true });
    const bodies = asked(calls, 'POST', '/reports').map(({ body }) => JSON.stringify(body));
    expect(bodies.length).toBeGreaterThan(1);
    expect(new Set(bodies).size).toBe(1);
  });
});

describe('nothing is lost', () => {
  test.each([
    ['a Wi-Fi gate answers 200 with its page', portal, 'waiting'],
    ['the server breaks', () => problem(500), 'waiting'],
    ['the server is busy', () => problem(429), 'waiting'],
    ['the server refuses the content', () => problem(422, 'invalid', '类别已停用'), 'stuck'],
    ['the post is gone', () => problem(403), 'stuck'],
    ['the answer is for another report', () => json(receipt('someone-else'), { status: 201 }), 'waiting'],
    ['there is no network', () => { throw new TypeError('Failed to fetch'); }, 'waiting'],
  ])('when %s', async (_, answer, is) => {
    const client_id = await queued();
    await online(({ method }) => (method === 'POST' ? answer() : undefined));

    await flusher.flush();

    expect(await row(client_id)).toMatchObject({ is, tries: 1, receipt: null });
    expect((await row(client_id)).reason).not.toBe('');
    expect(await db.photo.count()).toBe(2);
  });

  test('when the login has expired, and it goes on after the next', async () => {
    const client_id = await queued();
    let isExpired = true;
    const calls = await online(({ method, path }) => (isExpired && (method === 'PUT' || path.endsWith('/refresh')) ? problem(401) : undefined));

    await flusher.flush();
    expect(session.state.is).toBe('out');
    expect(await row(client_id)).toMatchObject({ is: 'waiting', reason: '登录已过期。内容都在本机，登录后自动上报。' });

    isExpired = false;
    await session.signIn('wg01', 'secret');
    await flusher.flush();
    expect(await db.outbox.count()).toBe(0);
    expect(asked(calls, 'POST', '/reports')).toHaveLength(1);
  });

  test('when the answer to a stored report is lost: the same report is sent again under the same id', async () => {
    const client_id = await queued({ hashes: [] });
    const stored = new Set();
    await online(({ method, body }) => {
      if (method !== 'POST') return undefined;
      const isFirst = !stored.has(body.client_id);
      stored.add(body.client_id);
      if (isFirst) throw new TypeError('connection reset');
      return json(receipt(body.client_id), { headers: { 'Idempotent-Replay': 'true' } });
    });

    await flusher.flush();
    await flusher.flush({ isForced: true });

    expect([...stored]).toEqual([client_id]);
    expect(await db.outbox.count()).toBe(0);
  });

  test('when one photo is refused: the words arrive, the photo stays with its reason', async () => {
    const client_id = await queued();
    await online(({ method, path }) => (method === 'PUT' && path.endsWith(HASHES[1]) ? problem(422, 'invalid', '照片损坏') : undefined));

    await flusher.flush();

    expect(await row(client_id)).toMatchObject({
      is: 'stuck', reason: '照片损坏', receipt: { client_id }, photos: [{ isSent: true }, { isSent: false }],
    });
  });

  test('when photos time out on the server: the words go first, the rest later, nothing twice', async () => {
    await queued();
    let isSlow = true;
    const calls = await online(({ method }) => (isSlow && method === 'PUT' ? problem(504) : undefined));
    await flusher.flush();
    expect(await db.outbox.count()).toBe(1);

    isSlow = false;
    await flusher.flush({ isForced: true });

    expect(await db.outbox.count()).toBe(0);
    expect(asked(calls, 'POST', '/reports')).toHaveLength(1);
  });
});

describe('the queue', () => {
  test('goes on past a refused report', async () => {
    const bad = await queued({ hashes: [], description: '坏' });
    await queued({ hashes: [] });
    await online(({ body }) => (body?.description === '坏' ? problem(422) : undefined));
    await flusher.flush();
    expect((await db.outbox.toArray()).map(({ client_id }) => client_id)).toEqual([bad]);
  });

  test('stops at the first report without a network', async () => {
    await queued();
    await queued();
    const calls = await online(({ method }) => {
      if (method === 'PUT') throw new TypeError('Failed to fetch');
      return undefined;
    });
    await flusher.flush();
    expect(asked(calls, 'PUT', '/photos')).toHaveLength(1);
  });

  test('sends only what its own user wrote', async () => {
    await queued({ username: 'wg02', hashes: [] });
    const calls = await online();
    await flusher.flush({ isForced: true });
    expect(asked(calls, 'POST', '/reports')).toHaveLength(0);
    expect(await ownRows(db, 'wg02')).toHaveLength(1);
  });

  test('waits out its pause, unless the network has just come back; refused ones wait for a hand', async () => {
    const client_id = await queued({ hashes: [] });
    let answer = problem(500);
    const calls = await online(({ method }) => (method === 'POST' ? answer.clone() : undefined));
    await flusher.flush();
    await flusher.flush();
    expect(asked(calls, 'POST', '/reports')).toHaveLength(1);

    answer = problem(422);
    await flusher.flush({ isHurried: true });
    await flusher.flush({ isHurried: true });
    expect(asked(calls, 'POST', '/reports')).toHaveLength(2);
    expect((await row(client_id)).is).toBe('stuck');

    await flusher.flush({ isForced: true });
    expect(asked(calls, 'POST', '/reports')).toHaveLength(3);
  });

  test('backs off longer and longer, never for ever, and obeys Retry-After', () => {
    expect([0, 1, 2].map((tries) => backoff_ms(tries, undefined, 1))).toEqual([5000, 10_000, 20_000]);
    expect(backoff_ms(30, undefined, 1)).toBe(600_000);
    expect(backoff_ms(0, undefined, 0)).toBe(2500);
    expect(backoff_ms(5, 60, 0)).toBe(60_000);
  });
});

describe('a draft', () => {
  test('is there again after the page was killed, with its photos', async () => {
    const draft = { ...emptyReport('wg01'), description: '写到一半' };
    await addPhoto(db, draft, { sha256: HASHES[0], bytes: new ArrayBuffer(2), role: 'near', shot_at: 't' });

    const found = await loadDraft(db, emptyReport('wg01'));

    expect(found).toMatchObject({ client_id: draft.client_id, description: '写到一半', photos: [{ sha256: HASHES[0] }] });
    expect((await loadDraft(db, emptyReport('wg02'))).description).toBe('');
  });

  test('gives its photos up one by one or all at once', async () => {
    const draft = emptyReport('wg01');
    for (const sha256 of HASHES) await addPhoto(db, draft, { sha256, bytes: new ArrayBuffer(2), role: 'near', shot_at: 't' });
    await removePhoto(db, draft, HASHES[0]);
    expect(draft.photos.map(({ sha256 }) => sha256)).toEqual([HASHES[1]]);
    await dropDraft(db, draft);
    expect([await db.photo.count(), await db.draft.count()]).toEqual([0, 0]);
  });

  test('takes a refused report back under a new id, photos and all', async () => {
    const client_id = await queued();
    await reopen(db, await row(client_id), emptyReport('wg01'));
    const draft = await loadDraft(db, emptyReport('wg01'));
    expect(draft.client_id).not.toBe(client_id);
    expect(draft).toMatchObject({ category: '0406', description: '水果摊占道' });
    expect(await db.photo.where({ client_id: draft.client_id }).count()).toBe(2);
    expect(await db.outbox.count()).toBe(0);
  });
});

describe('an answer to a check', () => {
  async function answered() {
    const draft = { ...emptyAnswer('wg01', 'task-1'), result: 'fail', note: '还有摊位' };
    await addPhoto(db, draft, { sha256: HASHES[0], bytes: new ArrayBuffer(2), role: 'check', shot_at: 't' });
    await enqueueAnswer(db, draft, { task_id: 'task-1', etag: '"v3"', title: '核查不通过', position: PLACE });
    return draft.client_id;
  }

  test('goes with the version the worker saw', async () => {
    const client_id = await answered();
    const calls = await online(({ method }) => (method === 'POST' ? json({ id: 'task-1' }) : undefined));
    await flusher.flush();
    const [post] = asked(calls, 'POST', '/tasks/task-1/answer');
    expect(post.headers.get('If-Match')).toBe('"v3"');
    expect(post.body).toMatchObject({ client_id, result: 'fail', note: '还有摊位', photos: [{ sha256: HASHES[0], role: 'check' }] });
    expect(await db.outbox.count()).toBe(0);
  });

  test('stays, with the reason, when the task has changed', async () => {
    const client_id = await answered();
    await online(({ method }) => (method === 'POST' ? problem(412, 'stale', '这条记录刚刚被别人更新过') : undefined));
    await flusher.flush();
    expect(await row(client_id)).toMatchObject({ is: 'stuck', reason: '这条记录刚刚被别人更新过' });
  });
});

test('nobody’s characters are taken out of texts, rare ones stay', () => {
  expect(cleanText(' 𠮷㛃\u0000😀\ud800 ')).toBe('𠮷㛃😀');
});
