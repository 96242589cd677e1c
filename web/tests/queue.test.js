import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { chord } from '@/console/keys.js';
import { KEYMAP } from '@/console/keymap.js';
import { asked, emptyFilters, isSame, read } from '@/console/queue/filters.js';
import { clocks, lamp } from '@/console/queue/lamp.js';
import { paced } from '@/console/queue/pace.js';
import { ORDERS, createPages } from '@/console/queue/pages.js';
import { ROW_PX, reveal, shown, wanted } from '@/console/queue/view.js';

const row = (n) => ({ id: `e${String(n).padStart(5, '0')}`, due_at: `2026-11-22T00:00:00.${String(n).padStart(5, '0')}+08:00` });
const rows = (from, to) => Array.from({ length: to - from }, (_, n) => row(from + n));
const ids = (list) => list.map(({ id }) => id);

/** 250 rows in pages of 100, of which some were read. */
function pagesOf(...read) {
  const pages = createPages({ total: 250, every: 100, marks: ['m1', 'm2'] }, 'due');
  read.forEach((n) => pages.put(n, rows(n * 100, Math.min(250, n * 100 + 100))));
  return pages;
}

describe('pages of a long list', () => {
  test('begin and end at marks, and are as long as the list says', () => {
    const { pages } = pagesOf();
    expect(pages.map(({ after, until, size }) => [after, until, size])).toEqual([
      [undefined, 'm1', 100], ['m1', 'm2', 100], ['m2', undefined, 50],
    ]);
  });

  test('have no empty one behind a list that ends on a mark', () => {
    const { pages } = createPages({ total: 200, every: 100, marks: ['m1', 'm2'] }, 'due');
    expect(pages.map(({ after, until, size }) => [after, until, size])).toEqual([[undefined, 'm1', 100], ['m1', undefined, 100]]);
  });

  test('know which row stands where, and nothing of what was not read', () => {
    const pages = pagesOf(0, 2);
    expect([pages.at(0).id, pages.at(99).id, pages.at(100), pages.at(249).id, pages.at(250)]).toEqual([
      'e00000', 'e00099', undefined, 'e00249', undefined,
    ]);
    expect([pages.indexOf('e00249'), pages.indexOf('e00150')]).toEqual([249, -1]);
  });

  test('are as long as what came, when the list has changed since', () => {
    const pages = pagesOf(0, 2);
    pages.put(1, rows(100, 197));
    expect([pages.total(), pages.at(197).id, pages.indexOf('e00200')]).toEqual([247, 'e00200', 197]);
  });

  test('take a row in where it belongs, in the middle and at both ends', () => {
    const pages = pagesOf(0, 1, 2);
    pages.remove('e00150');
    pages.remove('e00000');
    pages.remove('e00249');
    for (const n of [249, 0, 150]) expect(pages.insert(row(n))).toBe(true);
    expect(ids(pages.read())).toEqual(ids(rows(0, 250)));
  });

  test('say when nobody knows where a row belongs', () => {
    const pages = pagesOf(0);
    expect([pages.insert(row(150)), pages.total()]).toEqual([false, 250]);
  });

  test('take the first row of an empty list', () => {
    const pages = createPages({ total: 0, every: 100, marks: [] }, 'due');
    expect([pages.insert(row(1)), pages.total(), pages.at(0).id]).toEqual([true, 1, 'e00001']);
  });

  test('let go of what is far away, and stay as long as they were', () => {
    const pages = pagesOf(0, 1, 2);
    pages.thin([2], 1);
    expect([pages.at(5), pages.at(105).id, pages.total()]).toEqual([undefined, 'e00105', 250]);
  });

  test('are ordered as the server orders: by deadline, none last, then by id; or newest first', () => {
    const some = [{ id: 'b', due_at: null }, { id: 'c', due_at: '2026-11-22' }, { id: 'a', due_at: null }, { id: 'b', due_at: '2026-11-22' }];
    expect(some.toSorted(ORDERS.due).map(({ id, due_at }) => id + (due_at ? '!' : ''))).toEqual(['b!', 'c!', 'a', 'b']);
    expect(ids(rows(0, 3).sort(ORDERS.newest))).toEqual(['e00002', 'e00001', 'e00000']);
  });
});

describe('the window', () => {
  test('shows every row that is at least partly in sight', () => {
    expect(shown(0, 400, 1000)).toEqual({ first: 0, count: 10, shift: 0 });
    expect(shown(50, 400, 1000)).toEqual({ first: 1, count: 11, shift: 10 });
    expect(shown(999_600, 400, 25_000)).toEqual({ first: 24_990, count: 10, shift: 0 });
    expect(shown(0, 400, 3)).toEqual({ first: 0, count: 3, shift: 0 });
    expect(shown(80, 400, 0).count).toBe(0);
  });

  test('is moved no further than it must be to show a row', () => {
    expect(reveal(5, 0, 400)).toBe(0);
    expect(reveal(10, 0, 400)).toBe(ROW_PX);
    expect(reveal(2, 400, 400)).toBe(80);
  });

  test('asks for what is in sight first, then for what comes next, and not for what is there', () => {
    const pages = pagesOf(1);
    expect(wanted(pages, { first: 95, count: 10 })).toEqual([0, 2]);
    expect(wanted(pages, { first: 120, count: 10 })).toEqual([2]);
    expect(wanted(pages, { first: 120, count: 10 }, -1)).toEqual([0]);
    expect(wanted(pagesOf(0, 1, 2), { first: 0, count: 250 })).toEqual([]);
  });
});

describe('filters', () => {
  const late = { ...emptyFilters(), q: '占道', light: 'red', supervised: 'true', reported: ['2026-11-01', '2026-11-05'] };

  test('come back from the address as they went in', () => {
    for (const queue of ['dispatch', 'open', '']) expect(read(asked(queue, late))).toEqual({ queue, filters: late });
  });

  test('of a saved view are the same as those of the address', () => {
    const saved = { sort: 'due', queue: 'dispatch', supervised: true, reported_from: '2026-11-01T00:00:00.000+08:00', reported_to: '2026-11-05T23:59:59.000+08:00' };
    expect(read(saved)).toEqual({ queue: 'dispatch', filters: { ...emptyFilters(), supervised: 'true', reported: late.reported } });
  });

  test('queues are read by what is due, everything newest first', () => {
    expect(asked('dispatch', emptyFilters())).toEqual({ queue: 'dispatch', sort: 'due' });
    expect(asked('open', emptyFilters())).toEqual({ open: 'true', sort: 'due' });
    expect(asked('', emptyFilters())).toEqual({ sort: 'newest' });
    expect(isSame({ a: '1', b: '2' }, { b: '2', a: '1' })).toBe(true);
  });
});

test('the light turns by the clock', () => {
  const event = { light: { code: 'green' }, yellow_at: '2026-11-22T10:00:00+08:00', due_at: '2026-11-22T12:00:00+08:00', closed_at: null };
  const at = (hour) => lamp(event, new Date(`2026-11-22T${hour}:00+08:00`));
  expect([at('09:59'), at('10:00'), at('12:00'), at('12:01')]).toEqual(['green', 'yellow', 'yellow', 'red']);
  expect(lamp({ ...event, closed_at: event.yellow_at }, new Date('2027-01-01'))).toBe('green');
});

describe('the clock of a step', () => {
  const step_clock = {
    deed: '受理', light: { code: 'green' }, yellow_at: '2026-11-22T10:12:00+08:00', due_at: '2026-11-22T10:15:00+08:00',
  };
  const fresh = { light: { code: 'none' }, due_at: null, yellow_at: null, closed_at: null, step_clock };
  const dated = { ...fresh, light: { code: 'green' }, due_at: '2026-11-25T10:00:00+08:00', yellow_at: '2026-11-24T10:00:00+08:00' };
  const at = (hour) => new Date(`2026-11-22T${hour}:00+08:00`);

  test('is the light of a case that has no deadline yet, and turns as time passes', () => {
    const read = ['10:03', '10:13', '10:20'].map((hour) => clocks(fresh, at(hour)));
    expect(read.map(({ code, label, step }) => [code, label, step.text])).toEqual([
      ['green', '受理', '受理还剩12分'], ['yellow', '受理', '受理还剩2分'], ['red', '受理', '受理已超5分'],
    ]);
  });

  test('stands beside the deadline of a case that has one', () => {
    const { code, label, step } = clocks(dated, at('10:20'));
    expect([code, label, step.code, step.text]).toEqual(['green', '', 'red', '受理已超5分']);
  });

  test('is not there when nothing of the desk runs, or the case is over', () => {
    expect(clocks({ ...dated, step_clock: null }, at('10:20')).step).toBe(null);
    expect(clocks({ ...fresh, step_clock: null }, at('10:20'))).toEqual({ code: 'none', label: '', step: null });
    expect(clocks({ ...dated, closed_at: '2026-11-22T10:00:00+08:00' }, at('10:20'))).toEqual({ code: 'green', label: '', step: null });
  });
});

describe('keys', () => {
  test('each stands in the table once', () => {
    const all = KEYMAP.flatMap(({ keys }) => keys);
    expect(new Set(all).size).toBe(all.length);
    expect(KEYMAP.every(({ words, group }) => words && group)).toBe(true);
  });

  test('are named alike whatever the keyboard holds down', () => {
    expect([chord({ key: 'J', shiftKey: false }), chord({ key: 'X', shiftKey: true }), chord({ key: '?', shiftKey: true })]).toEqual(['j', 'Shift+x', '?']);
  });
});

describe('work asked for often', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  test('is done at once, then no more often than it may', async () => {
    const work = vi.fn(async () => {});
    const pace = paced(work, 1000);
    pace.ask();
    await vi.advanceTimersByTimeAsync(1);
    for (let n = 0; n < 5; n += 1) pace.ask();
    await vi.advanceTimersByTimeAsync(900);
    expect(work).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(work).toHaveBeenCalledTimes(2);
  });

  test('rests in proportion to what it cost', async () => {
    const work = vi.fn(() => new Promise((resolve) => { setTimeout(resolve, 500); }));
    const pace = paced(work, 100);
    pace.ask();
    await vi.advanceTimersByTimeAsync(500);
    pace.ask();
    await vi.advanceTimersByTimeAsync(4000);
    expect(work).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(work).toHaveBeenCalledTimes(2);
  });
});
