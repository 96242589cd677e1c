import { describe, expect, it } from 'vitest';
import { listsOf, neighbour } from '../src/console/dept/month.js';
import { nextClock, sentence } from '../src/console/dept/work.js';

describe('the department', () => {
  const lots = (counts, overdue = 0) => [
    { code: '', count: 9, overdue }, ...Object.entries(counts).map(([code, count]) => ({ code, count, overdue: 0 })),
  ];

  it('is told how much waits for it and how much of that is late', () => {
    expect(sentence(lots({ sign: 2, handle: 1, confirm: 0, back: 1, assist: 1 }, 1))).toBe('3 件等你办，1 件已超期。');
    expect(sentence(lots({ sign: 1 }))).toBe('1 件等你办，没有超期的。');
    expect(sentence(lots({ suspended: 4 }))).toBe('现在没有等你办的。');
  });

  it('is measured by signing until it has signed, then by handling', () => {
    const [sign, handle] = [{ due_at: 'a' }, { due_at: 'b' }];
    expect(nextClock({ assignment: { state: { code: 'pending_sign' } }, sign, handle })).toBe(sign);
    expect(nextClock({ assignment: { state: { code: 'pending_sign' } }, sign: null, handle })).toBe(handle);
    expect(nextClock({ assignment: { state: { code: 'handling' } }, sign: null, handle })).toBe(handle);
  });
});

describe('a month', () => {
  it('has neighbours over the turn of the year', () => {
    expect([neighbour('2026-01', -1), neighbour('2026-12', 1), neighbour('2026-03', -1)]).toEqual(['2025-12', '2027-01', '2026-02']);
  });

  it('shows the lists a figure is made of', () => {
    expect([listsOf('received'), listsOf('rate'), listsOf('mean'), listsOf(undefined)]).toEqual([['received'], ['on_time', 'missed'], ['done'], []]);
  });
});
