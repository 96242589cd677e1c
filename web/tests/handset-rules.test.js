import { afterEach, describe, expect, test, vi } from 'vitest';
import { hostOf } from '@/handset/bridge/bridge.js';
import { driver as browser } from '@/handset/bridge/browser.js';
import { driver as dingtalk } from '@/handset/bridge/dingtalk.js';
import { driver as wecom } from '@/handset/bridge/wecom.js';
import { changed, isIdNumber, isShown, listText, photoRoom, problems } from '@/handset/forms/rules.js';
import { found, indexed } from '@/handset/forms/search.js';
import { coverage, isWorth, length_m, split } from '@/handset/patrol/track.js';
import { stampLayout, stampLines } from '@/handset/photo/stamp.js';
import { distance_m } from '@/shared/map/distance.js';
import { isAnswered, similar } from '@/handset/report.js';
import { ordered, urgency } from '@/handset/today.js';
import { watchUpdates, takeUpdate, update } from '@/handset/update/update.js';

const NOW = Date.parse('2026-11-22T10:00:00+08:00');
const FORM = {
  id: 'visit', version: 2, title: '走访', kind: 'visit',
  fields: [
    { name: 'who', label: '姓名', type: 'text', required: true, max: 5 },
    { name: 'id', label: '证件号', type: 'id_no' },
    { name: 'people', label: '人数', type: 'integer', min: 1, max: 9 },
    { name: 'lets', label: '出租', type: 'boolean' },
    { name: 'tenant', label: '租客', type: 'text', required: true, show_if: { field: 'lets', equals: true } },
    { name: 'use', label: '用途', type: 'choice', options: [{ value: 'home', label: '自住' }, { value: 'shop', label: '开店' }] },
    { name: 'hint', label: '请核对', type: 'note' },
  ],
  list: { title: '{who} {id}', sub: '{use}' },
};

describe('a form', () => {
  test.each([
    [{}, ['who']], [{ who: '陈秀兰的名字太长' }, ['who']], [{ who: '陈' }, []], [{ who: '陈', lets: true }, ['tenant']],
    [{ who: '陈', people: 10 }, ['people']], [{ who: '陈', people: 2.5 }, ['people']], [{ who: '陈', id: '99999919900101123' }, ['id']],
  ])('of %j lacks %j', (values, names) => {
    expect(problems(FORM, values).map(([name]) => name)).toEqual(names);
  });

  test.each([[{}, 6, 0], [{}, 7, -1], [{ max: 3 }, 4, -1]])('whose photos may be %j refuses %d as the server does', (limit, count, room) => {
    const form = { fields: [{ name: 'photos', label: '照片', type: 'photo', ...limit }] };
    expect(problems(form, { photos: Array(count).fill('a') })).toHaveLength(room < 0 ? 1 : 0);
    expect(photoRoom(limit, count - 1, 1)).toBe(0);
    expect(photoRoom(limit, 1, 1)).toBe((limit.max ?? 6) - 2);
  });

  test('asks what depends on another answer only then', () => {
    expect(isShown(FORM.fields[4], { lets: true })).toBe(true);
    expect(isShown(FORM.fields[4], {})).toBe(false);
  });

  test('names a record in words, its id number masked', () => {
    expect(listText(FORM, '{who} {id} {use}', { who: '陈', id: '999999199001011234', use: 'shop' })).toBe('陈 999999********1234 开店');
  });

  test('tells what changed only, null for what was emptied', () => {
    expect(changed({ who: '陈', people: 3, use: 'home' }, { who: ' 陈 ', people: 4, use: '' })).toEqual({ people: 4, use: null });
  });

  test.each([['11010519491231002X', true], ['110105194912310021', false], ['abc', false]])('id number %s: %s', (text, is) => {
    expect(isIdNumber(text)).toBe(is);
  });
});

describe('searching 20,000 records', () => {
  const records = Array.from({ length: 20_000 }, (_, at) => ({ title: `陈秀兰${at}`, values: { address: `新安街 ${at} 号` } }));
  records[12_345].title = '霞涌王小二';
  const index = indexed(records);

  test.each([['王小二', 1], ['新安 777', 29], ['wxe', 1], ['没有的', 0]])('%s finds %d', (words, count) => {
    const hits = found(index, words);
    expect(hits.length).toBe(words === '新安 777' ? records.filter((_, at) => String(at).includes('777')).length : count);
  });
});

describe('the stamp', () => {
  const at = new Date('2026-11-22T02:03:04Z');
  const fix = { lon: 114.7211, lat: 22.9538, accuracy_m: 12.4 };

  test('says when, where and how exactly, which grid, who, which phone', () => {
    expect(stampLines({ at, fix, grid: '富祥1', name: '田小禾', device: 'abcd1234' })).toEqual([
      '2026-11-22 10:03:04', '114.72110, 22.95380 ±12米 富祥1', '田小禾 机abcd']);
    expect(stampLines({ at, fix: null, name: '田' })[1]).toBe('未定位');
    expect(stampLines({ at, fix, isPointed: true })[1]).toContain('图上点选');
    expect(stampLines({ at, fix, isAlbum: true, name: '田' })).toEqual(['2026-11-22 10:03:04 相册照片', '田']);
  });

  test.each([[1600, 1200], [1200, 1600], [320, 240]])('stays within a picture of %d × %d', (width, height) => {
    const measure = (text, px) => text.length * px * 0.7;
    const lines = ['2026-11-22 10:03:04', '114.72110, 22.95380 ±12米 大岭社区第1网格', '田小禾 机abcd'];
    const { font_px, band, rows } = stampLayout(width, height, lines, measure);
    expect(band.y + band.height).toBe(height);
    rows.forEach(({ text, x, y }) => {
      expect(x + measure(text, font_px)).toBeLessThanOrEqual(width);
      expect(y + font_px).toBeLessThanOrEqual(height);
    });
  });
});

describe('the day', () => {
  const task = (id, due_at, lon = 114.72) => ({ id, due_at, event: { place: { lon, lat: 22.95 } } });

  test('late first, then near', () => {
    const tasks = [task('far', '2026-11-25T10:00:00+08:00', 114.9), task('near', '2026-11-26T10:00:00+08:00'), task('late', '2026-11-22T09:00:00+08:00', 115)];
    expect(ordered(tasks, { lon: 114.72, lat: 22.95 }, NOW).map(({ id }) => id)).toEqual(['late', 'near', 'far']);
    expect(urgency(task('x', '2026-11-22T12:00:00+08:00'), NOW)).toBe('yellow');
  });

  test('like things within 50 m and a day may be the same', () => {
    const event = (id, lat, hours, category = '0406') => ({
      id, category: { code: category }, place: { lon: 114.72, lat }, reported_at: new Date(NOW - hours * 3600_000).toISOString() });
    const events = [event('near', 22.9502, 2), event('far', 22.9510, 2), event('old', 22.95, 25), event('other', 22.95, 1, '0101')];
    const found_ = similar(events, { category: '0406', place: { lon: 114.72, lat: 22.95 }, now: NOW });
    expect(found_.map(({ id }) => id)).toEqual(['near']);
    expect(found_[0].away_m).toBeCloseTo(22.2, 0);
  });

  test.each([
    [[], null, [], true], [['a'], null, [], false], [['a', 'b'], 'b', [], true], [['a'], 'gone', [], false],
    [['a'], null, ['a'], true], [['a', 'new'], null, ['a'], false],
  ])('%j with the same as %s and others than %j: answered %s', (ids, same_as, others, is) => {
    expect(isAnswered(ids.map((id) => ({ id })), same_as, others)).toBe(is);
  });
});

describe('a track', () => {
  const point = (t_s, lat, accuracy_m = 8) => ({ t_ms: t_s * 1000, lon: 114.72, lat, accuracy_m });

  test('a gap in time is a gap on the map, and no length', () => {
    const { lines, gaps } = split([point(0, 22.95), point(30, 22.9501), point(600, 22.96), point(630, 22.9601)]);
    expect([lines.length, gaps.length]).toEqual([2, 1]);
    expect(length_m(lines)).toBeCloseTo(22.2, 0);
  });

  test('keeps what moved, or a minute old, and exact enough', () => {
    expect(isWorth(null, point(0, 22.95))).toBe(true);
    expect(isWorth(point(0, 22.95), point(5, 22.95))).toBe(false);
    expect(isWorth(point(0, 22.95), point(61, 22.95))).toBe(true);
    expect(isWorth(point(0, 22.95), point(5, 22.951))).toBe(true);
    expect(isWorth(null, point(0, 22.95, 500))).toBe(false);
  });

  test('covers what lies within 30 m of it', () => {
    const half = 60 / 111_195;
    const square = { type: 'Polygon', coordinates: [[[114.72 - half, 22.95 - half], [114.72 + half, 22.95 - half], [114.72 + half, 22.95 + half], [114.72 - half, 22.95 + half], [114.72 - half, 22.95 - half]]] };
    const line = [point(0, 22.95 - half), point(60, 22.95 + half)];
    expect(coverage(square, [line])).toBeCloseTo(30 / 55, 1);
    expect(coverage(square, [])).toBe(0);
  });

  test('metres are metres', () => {
    expect(distance_m({ lon: 114.72, lat: 22.95 }, { lon: 114.73, lat: 22.95 })).toBeCloseTo(1024, -1);
  });
});

describe('the host app', () => {
  test.each([['Mozilla DingTalk/7', 'dingtalk'], ['Mozilla TaurusApp/1', 'dingtalk'], ['Mozilla wxwork/4', 'wecom'], ['Chrome', 'browser']])('%s is %s', (agent, host) => {
    expect(hostOf(agent)).toBe(host);
  });

  test('DingTalk: code, position in its datum, scan', async () => {
    const answer = (value) => vi.fn(({ onSuccess }) => onSuccess(value));
    const dd = {
      ready: (run) => run(),
      runtime: { permission: { requestAuthCode: answer({ code: 'c1' }) } },
      device: { geolocation: { get: answer({ longitude: '114.7', latitude: '22.9', accuracy: '15.2' }) } },
      biz: { util: { scan: answer({ text: 'QR' }), share: answer({}) }, navigation: { setTitle: answer({}) } },
    };
    const host = dingtalk({ dd, _dingCorpId: 'corp' });
    expect(await host.loginCode()).toBe('c1');
    expect(dd.runtime.permission.requestAuthCode.mock.calls[0][0].corpId).toBe('corp');
    expect(await host.position()).toMatchObject({ lon: 114.7, lat: 22.9, accuracy_m: 15, datum: 'gcj02' });
    expect(await host.scan()).toBe('QR');
    expect(await host.share({ title: 't' })).toBe(true);
    expect(dingtalk({})).toBeNull();
  });

  test('DingTalk without a fix says so', async () => {
    const dd = { device: { geolocation: { get: ({ onFail }) => onFail({ errorCode: 3 }) } } };
    expect(await dingtalk({ dd }).position()).toBeNull();
  });

  test('WeCom: code from the address, position, scan without its kind, photo', async () => {
    const wx = {
      getLocation: ({ type, success }) => success({ longitude: 114.7, latitude: 22.9, accuracy: 20, type }),
      scanQRCode: ({ success }) => success({ resultStr: 'CODE_128,6901' }),
      chooseImage: ({ success }) => success({ localIds: ['1'] }),
      getLocalImgData: ({ success }) => success({ localData: 'data:image/jpeg;base64,AQI=' }),
    };
    const host = wecom({ wx, location: { search: '?code=abc' } });
    expect(await host.loginCode()).toBe('abc');
    expect(await host.position()).toMatchObject({ datum: 'wgs84', accuracy_m: 20 });
    expect(await host.scan()).toBe('6901');
    expect((await host.photo()).size).toBe(2);
  });

  test('the browser: position or null', async () => {
    vi.stubGlobal('navigator', { geolocation: { getCurrentPosition: (_, miss) => miss({ code: 1 }) } });
    expect(await browser().position()).toBeNull();
    vi.unstubAllGlobals();
  });
});

describe('a new version', () => {
  afterEach(() => vi.unstubAllGlobals());

  function container({ waiting = null, installing = null, controller = {} } = {}) {
    const registration = { waiting, installing, addEventListener: vi.fn(), update: vi.fn() };
    return { controller, addEventListener: vi.fn(), register: async () => registration, registration };
  }

  async function opened(facts) {
    vi.stubGlobal('isSecureContext', true);
    vi.stubGlobal('document', { addEventListener: vi.fn(), visibilityState: 'visible' });
    vi.stubGlobal('setInterval', vi.fn());
    update.value = '';
    const workers = container(facts);
    await watchUpdates(workers);
    return workers;
  }

  test('that waited before the page opened is offered, and taken only when asked', async () => {
    const waiting = { postMessage: vi.fn() };
    await opened({ waiting });
    expect(update.value).toBe('ready');
    expect(waiting.postMessage).not.toHaveBeenCalled();
    takeUpdate();
    expect(waiting.postMessage).toHaveBeenCalledWith('take-over');
  });

  test('on its way when the page opened is offered once it is there', async () => {
    const listeners = [];
    const installing = { state: 'installing', addEventListener: (_, heard) => listeners.push(heard) };
    await opened({ installing });
    expect(update.value).toBe('');
    installing.state = 'installed';
    listeners.forEach((heard) => heard());
    expect(update.value).toBe('ready');
  });

  test('of a phone’s first visit is no update', async () => {
    await opened({ waiting: {}, controller: null });
    expect(update.value).toBe('');
  });
});
