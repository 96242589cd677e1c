import { describe, expect, test } from 'vitest';
import { fieldMessages, Failure } from '@/shared/api/failure.js';
import { initials } from '@/shared/format/initials.js';
import { light } from '@/shared/format/light.js';
import { caseNo, distance } from '@/shared/format/number.js';
import { fullMoment, moment, span, timeLeft } from '@/shared/format/time.js';
import { fit } from '@/shared/photo/encode.js';
import { isInside } from '@/shared/map/inside.js';
import { atShutter, better } from '@/handset/place/position.js';

const NOW = new Date('2026-11-22T14:00:00+08:00');

describe('times', () => {
  test.each([
    ['2026-11-22T14:05:00+08:00', '14:05'],
    ['2026-11-21T23:59:00+08:00', '11-21 23:59'],
    ['2025-11-22T14:05:00+08:00', '2025-11-22'],
    ['2026-11-21T16:30:00Z', '00:30'],
  ])('%s is said as %s', (time, said) => {
    expect(moment(time, NOW)).toBe(said);
  });

  test('the year turns at midnight in China', () => {
    expect(moment('2026-12-31T15:59:00Z', new Date('2026-12-31T16:01:00Z'))).toBe('2026-12-31');
    expect(fullMoment('2026-12-31T16:01:00Z')).toBe('2027-01-01 00:01');
  });

  test('no time is no words', () => {
    expect([moment(null), fullMoment(null), timeLeft(null)]).toEqual(['', '', '']);
  });

  test.each([
    ['2026-11-22T17:20:00+08:00', '还剩3小时20分'],
    ['2026-11-22T14:00:00+08:00', '还剩不到1分'],
    ['2026-11-20T14:00:00+08:00', '已超2天'],
    ['2026-11-22T13:59:30+08:00', '已超不到1分'],
    ['2026-11-24T15:30:00+08:00', '还剩2天1小时'],
  ])('a deadline at %s reads %s', (due, said) => {
    expect(timeLeft(due, NOW)).toBe(said);
  });

  test('spans leave the smaller unit out when it is nought', () => {
    expect([span(3_600_000), span(59_000), span(90_000_000)]).toEqual(['1小时', '不到1分', '1天1小时']);
  });
});

test('lengths are metres, then kilometres', () => {
  expect([distance(35.4), distance(999.4), distance(1234), distance(null), distance(0)])
    .toEqual(['35 米', '999 米', '1.2 公里', '', '0 米']);
});

test('a case number is read in groups', () => {
  expect(caseNo('4413230022026112200041')).toBe('441323002 20261122 00041');
  expect(caseNo('YL4413230022026112200003')).toBe('YL 441323002 20261122 00003');
  expect([caseNo(null), caseNo('A1')]).toEqual(['', 'A1']);
});

test('every light has its own shape and word', () => {
  const marks = ['green', 'yellow', 'red', 'supervised', 'none'].map(light);
  expect(new Set(marks.map(({ shape }) => shape)).size).toBe(5);
  expect(new Set(marks.map(({ word }) => word)).size).toBe(5);
});

test.each([['占道经营', 'zdjy'], ['上水井盖', 'ssjg'], ['路灯', 'ld'], ['A区', 'aq'],
  ['安宾参丹鹅方干黑江卡李马南欧排秦然沙汤王熊杨赵', 'abcdefghjklmnopqrstwxyz']])('%s is found by %s', (text, letters) => {
  expect(initials(text)).toBe(letters);
});

test('photos are cut to the long edge and never enlarged', () => {
  expect(fit(3000, 2000, 1600)).toEqual({ width: 1600, height: 1067 });
  expect(fit(800, 1200, 1600)).toEqual({ width: 800, height: 1200 });
});

describe('a point', () => {
  const square = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]];
  const hole = [[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]];
  const far = square.map(([x, y]) => [x + 10, y]);

  test('is inside a polygon but not in its hole', () => {
    const shape = { type: 'Polygon', coordinates: [square, hole] };
    expect(isInside({ lon: 3, lat: 3 }, shape)).toBe(true);
    expect(isInside({ lon: 1.5, lat: 1.5 }, shape)).toBe(false);
    expect(isInside({ lon: 5, lat: 3 }, shape)).toBe(false);
  });

  test('may be in any part of a multipolygon', () => {
    expect(isInside({ lon: 12, lat: 1 }, { type: 'MultiPolygon', coordinates: [[square], [far]] })).toBe(true);
    expect(isInside({ lon: 12, lat: 1 }, undefined)).toBe(false);
  });
});

test('of two fixes the more exact one stays, unless it is old', () => {
  const known = { accuracy_m: 10, at: 0 };
  expect(better(null, known)).toBe(known);
  expect(better(known, { accuracy_m: 30, at: 1000 })).toBe(known);
  expect(better(known, { accuracy_m: 30, at: 61_000 }).accuracy_m).toBe(30);
});

test('a report keeps the place where its photos were taken', () => {
  const taken = { accuracy_m: 20, at: 0 };
  expect(atShutter(null, taken)).toBe(taken);
  expect(atShutter(taken, { accuracy_m: 8, at: 5000 }).accuracy_m).toBe(8);
  expect(atShutter(taken, { accuracy_m: 5, at: 120_000 })).toBe(taken);
});

describe('a failure', () => {
  test('says what the server says, and the fields in Chinese', () => {
    const problem = { detail: '有些内容没有填对。', errors: { json: { position: { lon: ['应在 -180 到 180 之间。'] } } } };
    expect(new Failure('problem', { status: 422, problem }).message).toBe('有些内容没有填对。 经度：应在 -180 到 180 之间。');
  });

  test('does not say the same thing twice', () => {
    const problem = { detail: '请填写说明。', errors: { json: { note: ['请填写说明。'] } } };
    expect(new Failure('problem', { status: 422, problem }).message).toBe('请填写说明。');
  });

  test('never shows a field name of the API', () => {
    expect(fieldMessages({ json: { photos: { 0: { sha256: ['格式不对'] } }, x_y: ['未知'] } })).toEqual(['照片：格式不对', '未知']);
  });

  test.each([[500, true], [503, true], [429, true], [422, false], [409, false], [403, false]])('%i passes by itself: %s', (status, is) => {
    expect(new Failure('problem', { status }).isPassing).toBe(is);
  });
});
