import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { effectScope } from 'vue';
import { useIntake } from '@/console/intake/intake.js';
import { useOrders } from '@/console/intake/orders.js';
import { usePaste } from '@/console/intake/paste.js';
import { session } from '@/console/station.js';
import { whileEncoding } from '@/shared/photo/encoding.js';
import { asked, json, serve } from './server.js';

const order = (order_no, said) => ({ order_no, said, name: '', phone: '', address: '', unread: [], known: null });
const FIRST = order('GD-1', '第一盏路灯不亮');
const SECOND = order('GD-2', '第二盏路灯不亮');
const THIRD = order('GD-3', '第三盏路灯不亮');
const PLACE = { lon: 114.72, lat: 22.95, datum: 'cgcs2000' };
const PHOTO = { sha256: 'a'.repeat(64), bytes: new ArrayBuffer(3), shot_at: '2026-11-22T10:00:00+08:00' };
const scopes = [];

beforeEach(async () => {
  const kept = new Map();
  vi.stubGlobal('sessionStorage', {
    getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key),
  });
  serve(() => json({ access_token: 't', user: { username: 'slr01' } }));
  await session.signIn('slr01', 'secret');
});
afterEach(() => {
  scopes.splice(0).forEach((scope) => scope.stop());
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** The desk with these orders pasted, the first of them in the form. */
async function desk(...pasted) {
  const scope = effectScope();
  scopes.push(scope);
  const { intake, orders } = scope.run(() => {
    const taking = useIntake();
    return { intake: taking, orders: useOrders(taking) };
  });
  intake.form.source = 'hotline';
  serve(() => json({ items: pasted }));
  if (pasted.length) await orders.read('…');
  return { intake, orders, form: intake.form, sheet: (no) => orders.sheets.value.find(({ order_no }) => order_no === no) };
}

/** As the page does it. */
async function send({ intake, orders, form }) {
  const { client_id } = form;
  if (await intake.send()) orders.settle(client_id);
}

/** A server that holds back what a method asks, until it is let go. */
function slow(method) {
  let go;
  const held = new Promise((resolve) => { go = resolve; });
  const calls = serve(async (call) => {
    if (call.method === method) await held;
    return call.method === 'POST' ? json({ id: 'i1' }, { status: 201 }) : json({});
  });
  return { calls, go };
}

describe('another order chosen while one is sent', () => {
  test.each(['PUT', 'POST'])('is not sent in its place, during %s, and keeps what is written', async (method) => {
    const at = await desk(FIRST, SECOND, THIRD);
    const sentAs = at.form.client_id;
    Object.assign(at.form, { category: 'C0137', position: PLACE });
    at.intake.addPhoto(PHOTO, sentAs);
    const { calls, go } = slow(method);
    const release = vi.spyOn(URL, 'revokeObjectURL');

    const sending = send(at);
    await vi.waitFor(() => expect(asked(calls, method, '/api/')).toHaveLength(1));
    at.orders.choose(at.sheet('GD-3'));
    at.form.said = '问过了，是路口那盏';
    go();
    await sending;

    const [{ body, headers }] = asked(calls, 'POST', '/intakes');
    expect(body).toMatchObject({ client_id: sentAs, order_no: 'GD-1', said: FIRST.said, photos: [{ sha256: PHOTO.sha256 }] });
    expect(headers.get('Idempotency-Key')).toBe(sentAs);
    expect(at.form).toMatchObject({ order_no: 'GD-3', said: '问过了，是路口那盏' });
    expect(at.orders.sheets.value.map(({ isTaken }) => isTaken)).toEqual([true, false, false]);
    expect(at.orders.kept.drafts).toEqual({});
    expect(release).toHaveBeenCalledOnce();
  });

  test('does not get the photo that was chosen for the first', async () => {
    const at = await desk(FIRST, SECOND);
    const chosenFor = at.form.client_id;
    at.orders.choose(at.sheet('GD-2'));
    at.intake.addPhoto(PHOTO, chosenFor); // encoded by now
    expect(at.intake.photos.value).toEqual([]);
    at.orders.choose(at.sheet('GD-1'));
    expect(at.intake.photos.value).toMatchObject([PHOTO]);
  });
});

describe('an order that was sent', () => {
  test('makes way for the next, as it was read', async () => {
    const at = await desk(FIRST, SECOND);
    Object.assign(at.form, { category: 'C0137', position: PLACE });
    slow('').go();
    await send(at);
    expect(at.form).toMatchObject({ source: 'hotline', order_no: 'GD-2', category: '', position: null });
  });

  test('says what is wrong with it and stays', async () => {
    const at = await desk(FIRST);
    Object.assign(at.form, { category: 'C0137', position: PLACE });
    serve(() => json({ status: 422, detail: '工单编号登记过', errors: { order_no: ['登记过'] } }, { status: 422 }));
    await send(at);
    expect(at.intake.trouble.value).not.toBe('');
    expect(at.intake.wrong.value).toEqual({ order_no: ['登记过'] });
    expect([at.form.order_no, at.intake.isBusy.value]).toEqual(['GD-1', false]);
  });

  test('is asked for first when it lacks something', async () => {
    const at = await desk(FIRST);
    const calls = serve(() => json({}));
    await send(at);
    expect(at.intake.trouble.value).toBe('还没填：类别、在哪里');
    expect(calls).toEqual([]);
  });
});

describe('a photo that is not ready yet', () => {
  test('is waited for: nothing goes without it', async () => {
    const { intake, form } = await desk(FIRST);
    Object.assign(form, { category: 'E0410', position: PLACE });
    const { calls, go } = slow('POST');
    go();
    let ready;
    const chosen = whileEncoding(() => new Promise((resolve) => { ready = resolve; }));

    expect(await intake.send()).toBe(false);
    expect(intake.trouble.value).toContain('照片还在处理');
    intake.addPhoto(PHOTO, form.client_id);
    ready();
    await chosen;
    await intake.send();

    expect(asked(calls, 'POST', '/intakes').map(({ body }) => body.photos.length)).toEqual([1]);
  });
});

describe('what was typed by hand', () => {
  test.each([{ said: '树倒了' }, { phone: '10012340001' }, { position: PLACE }])('as %j is kept when an order is chosen', async (told) => {
    const at = await desk();
    Object.assign(at.form, told);
    serve(() => json({ items: [FIRST] }));
    await at.orders.read('…');
    expect(at.form).toMatchObject(told);

    at.orders.choose(at.sheet('GD-1'));
    expect(at.form).toMatchObject({ order_no: 'GD-1', said: FIRST.said });
    const [byHand] = at.orders.sheets.value.filter((sheet) => !at.orders.isOrder(sheet));
    at.orders.choose(byHand);
    expect(at.form).toMatchObject({ order_no: '', ...told });
    expect(at.orders.sheets.value.map(({ order_no }) => order_no)).toEqual(['GD-1']);
  });

  test('is no draft as long as there is nothing', async () => {
    const at = await desk(FIRST);
    at.intake.begin();
    at.orders.choose(at.sheet('GD-1'));
    expect(at.orders.sheets.value).toHaveLength(1);
  });

  test('with a photo alone is something', async () => {
    const at = await desk();
    at.intake.addPhoto(PHOTO, at.form.client_id);
    serve(() => json({ items: [FIRST] }));
    await at.orders.read('…');
    at.orders.choose(at.sheet('GD-1'));
    at.orders.choose(at.orders.sheets.value.find((sheet) => !at.orders.isOrder(sheet)));
    expect(at.intake.photos.value).toHaveLength(1);
  });
});

describe('words pasted while others are read', () => {
  test('are read after them', async () => {
    const read = [];
    let go;
    const held = new Promise((resolve) => { go = resolve; });
    const paste = usePaste(async (text) => {
      read.push(text);
      await held;
    });
    paste.text.value = '工单甲\n';
    const first = paste.read();
    paste.text.value += '工单乙';
    await paste.read();
    go();
    await first;
    expect(read).toEqual(['工单甲\n', '工单乙']);
    expect(paste.text.value).toBe('');
  });

  test('stay in the field when they could not be read', async () => {
    const paste = usePaste(async () => { throw new Error('没有网络'); });
    paste.text.value = '工单甲';
    await paste.read();
    expect([paste.text.value, paste.trouble.value]).toEqual(['工单甲', '没有网络']);
  });
});
