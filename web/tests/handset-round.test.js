import { describe, expect, test } from 'vitest';
import { dueAfter, recent, roundOf, ticked } from '@/handset/patrol/round.js';

const now = new Date('2026-11-23T10:00:00+08:00');
const HERE = { lon: 114.72, lat: 22.95, accuracy_m: 10 };
const point = (told) => ({ id: 'p', name: '点', lon: 114.72, lat: 22.95, radius_m: 30, visited_at: null, due_at: '2026-11-30T00:00:00+08:00', ...told });

describe('the round', () => {
  test('puts what is late first, what is done last, and knows what is near', () => {
    const done = point({ id: 'done', visited_at: '2026-11-23T08:00:00+08:00' });
    const late = point({ id: 'late', lat: 22.96, due_at: '2026-11-22T00:00:00+08:00' });
    const near = point({ id: 'near', lat: 22.9503 });

    const found = roundOf([done, near, late], HERE, now);

    expect(found.map(({ id }) => id)).toEqual(['late', 'near', 'done']);
    expect(found.map(({ isNear }) => isNear)).toEqual([false, true, true]);
  });

  test('believes of a poor fix no more than 50 m, and without one nothing is near', () => {
    const far = point({ lat: 22.951 }); // 111 m
    expect(roundOf([far], { ...HERE, accuracy_m: 3000 }, now)[0].isNear).toBe(false);
    expect(roundOf([far], null, now)[0]).toMatchObject({ distance_m: null, isNear: false });
  });

  test.each([
    ['waiting', '2026-11-23T09:00:00+08:00', { isDone: true, isLate: false, isWaiting: true, isRefused: false }],
    ['parked', '2026-11-23T09:00:00+08:00', { isDone: false, isLate: true, isRefused: true }],
    ['waiting', '2026-11-22T09:00:00+08:00', { isDone: false, isLate: true }],
  ])('work that is %s of %s shows as %j', (is, occurred_at, shown) => {
    const late = point({ every_days: 1, due_at: '2026-11-22T00:00:00+08:00' });
    const works = [{ kind: 'checkpoint.visit', is, op: { occurred_at, payload: { checkpoint: 'p' } } }, { kind: 'event.report', is, op: { occurred_at, payload: {} } }];
    expect(roundOf(ticked([late], works, now), HERE, now)[0]).toMatchObject(shown);
  });

  test('knows no place from a fix older than a minute', () => {
    const at = (age_s) => ({ ...HERE, t_ms: now.getTime() - age_s * 1000 });
    expect([recent(at(59), now), recent(at(61), now), recent(null, now)]).toEqual([at(59), null, null]);
  });

  test('is due again after whole days of China', () => {
    expect(dueAfter({ every_days: 2 }, new Date('2026-11-23T23:30:00+08:00'))).toBe('2026-11-25T00:00:00.000+08:00');
  });
});
