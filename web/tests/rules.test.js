import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isDiffering, placeOf, toggled, why, wishes } from '@/console/rules/choice.js';
import { emptyQuestion, isAsked, question } from '@/console/rules/question.js';
import { useStandards } from '@/console/rules/standards.js';
import { sectionsOf } from '@/console/sections.js';
import { session } from '@/console/station.js';
import { asked, json, problem, serve } from './server.js';

describe('a question to the rules', () => {
  test('goes with the place on the map, else with the area of the post', () => {
    const place = { lon: 114.7, lat: 22.9 };
    expect(question({ ...emptyQuestion(), text: ' 摆摊 ', place }, '441323002'))
      .toEqual({ text: '摆摊', position: { lon: 114.7, lat: 22.9, datum: 'cgcs2000' } });
    expect(question({ ...emptyQuestion(), category: 'E0406', at: '2026-11-22T09:00:00' }, '441323002'))
      .toEqual({ text: '', category: 'E0406', area: '441323002', at: '2026-11-22T09:00:00+08:00' });
  });

  test('needs words or a class', () => {
    expect([isAsked(emptyQuestion()), isAsked({ text: ' ', category: '' }), isAsked({ text: '', category: 'E0406' })]).toEqual([false, false, true]);
  });
});

const line = (number, code) => ({ number, fate: { code }, sheet: '事件', row: number, reasons: [], changes: [] });

describe('rows of a preview', () => {
  const lines = [line(1, 'new'), line(2, 'unchanged'), line(3, 'refused'), line(4, 'ended'), line(5, 'changed')];

  test('can be chosen where they would change something', () => {
    expect(wishes(lines)).toEqual([1, 4, 5]);
    expect(lines.filter(isDiffering).map(({ number }) => number)).toEqual([1, 3, 4, 5]);
  });

  test('are chosen together, and together let go', () => {
    expect([...toggled(new Set([1]), [1, 4])]).toEqual([1, 4]);
    expect([...toggled(new Set([1, 4, 5]), [1, 4])]).toEqual([5]);
  });

  test('say where they stand and why', () => {
    expect([placeOf(line(3, 'new')), placeOf({ sheet: '', row: 0 })]).toEqual(['事件 第 3 行', '现行标准']);
    expect(why({ reasons: [{ cell: 'J4', text: '看不懂时限' }], changes: [{ field: '时限', before: '', after: '4小时' }] }))
      .toEqual(['J4：看不懂时限', '时限：空 → 4小时']);
  });
});

describe('an import of standards', () => {
  beforeEach(async () => {
    serve(() => json({ access_token: 't', user: { username: 'xt01' } }));
    await session.signIn('xt01', 'secret');
  });
  afterEach(() => vi.unstubAllGlobals());

  const batch = (state) => ({ id: 'b1', state: { code: state }, counts: [] });
  const answer = (confirmed) => ({ method, path }) => {
    if (path.includes('/lines')) return json(path.includes('after=0') ? { items: [line(1, 'new')], next: 1 } : { items: [line(2, 'new')], next: null });
    if (path.endsWith('/confirm')) return confirmed();
    if (method === 'GET' && path.endsWith('/b1')) return json(batch('previewed'), { headers: { ETag: '"b-1"' } });
    return json(method === 'POST' ? batch('previewed') : { items: [] });
  };

  test('is read to its last page and confirmed, the chosen rows only, as it was previewed', async () => {
    const calls = serve(answer(() => json(batch('confirmed'))));
    const standards = useStandards();
    await standards.upload(new File(['x'], '标准.xlsx'), { complete: false, valid_from: '' });
    expect(standards.lines.value.map(({ number }) => number)).toEqual([1, 2]);

    await standards.confirm([2]);
    const [confirmed] = asked(calls, 'POST', '/confirm');
    expect([confirmed.headers.get('If-Match'), confirmed.body]).toEqual(['"b-1"', { lines: [2] }]);
    expect(confirmed.headers.get('Idempotency-Key')).toBeTruthy();
    expect(standards.batch.value.state.code).toBe('confirmed');
  });

  test('that the rules have overtaken says so and stays a preview', async () => {
    serve(answer(() => problem(409, 'conflict', '标准已经变了，请重新预览。')));
    const standards = useStandards();
    await standards.upload(new File(['x'], '标准.xlsx'), { complete: false, valid_from: '' });
    await standards.confirm([1]);
    expect([standards.trouble.value, standards.batch.value.state.code]).toEqual(['标准已经变了，请重新预览。', 'previewed']);
  });
});

test.each([
  [['event:read', 'report:read', 'rules:try', 'calendar:read'], ['desk', 'brief', 'rules', 'calendar']],
  [['event:read', 'calendar:read'], ['desk', 'calendar']],
  [['calendar:manage', 'calendar:read', 'rules:manage'], ['rules', 'calendar', 'settings']],
  [['event:read', 'calendar:read', 'self:read', 'assignment:handle'], ['dept', 'desk', 'requests', 'calendar', 'settings']],
  [['calendar:read', 'self:read'], []],
  [['calendar:read', 'trail:read'], []],
])('somebody with %j may open %j', (permissions, codes) => {
  expect(sectionsOf(permissions).map(({ code }) => code)).toEqual(codes);
});
