import { afterEach, describe, expect, test, vi } from 'vitest';
import { partner, placeOf, sorted, taken } from '@/console/case/pictures.js';
import { nearest } from '@/console/map/duty.js';
import { spotsOf } from '@/console/map/spot.js';
import { following, gather, isStack, marksIn, placed } from '@/shared/map/cluster.js';
import { label } from '@/shared/map/mark.js';
import { outlineOf, simplify } from '@/shared/map/outline.js';
import { pass, strokesOf } from '@/shared/map/sheet.js';
import { gapsOf, walkOf } from '@/shared/map/walk.js';
import { scaleAt, world } from '@/shared/map/world.js';
import { changes } from '@/shared/parts/changes.js';

const EVERYWHERE = { x0: 0, y0: 0, x1: 256, y1: 256 };
const point = (id, lon, lat, light = 'green') => ({ id, lon, lat, light, title: id });
const marks = (points, zoom = 14, cell = 64) => marksIn(gather(placed(points), zoom, cell), EVERYWHERE);
/** Points scattered over a few kilometres, always the same. */
function scattered(count) {
  let seed = 7;
  const chance = () => { seed = (seed * 16807) % 2147483647; return seed / 2147483647; };
  return Array.from({ length: count }, (_, n) => point(`p${n}`, 114.7 + 0.05 * chance(), 22.9 + 0.05 * chance(), ['none', 'green', 'yellow', 'red'][n % 4]));
}

describe('the plane', () => {
  test('has the width of the world at zoom 0, and north above', () => {
    expect(world(-180, 0)).toEqual([0, 128]);
    expect(world(180, 0)[0]).toBe(256);
    expect(world(0, 60)[1]).toBeLessThan(world(0, 30)[1]);
    expect(scaleAt(3)).toBe(8);
  });
});

describe('many points', () => {
  test.each([[10, 64], [14, 64], [18, 36], [14, 0]])('are all there, each once, at zoom %i with cells of %i', (zoom, cell) => {
    const points = scattered(500);
    const found = marks(points, zoom, cell);
    expect(found.flatMap((mark) => mark.points.map(({ id }) => id)).sort()).toEqual(points.map(({ id }) => id).sort());
    expect(new Set(found.map(({ key }) => key)).size).toBe(found.length);
    found.forEach((mark) => expect(mark.counts.reduce((sum, one) => sum + one)).toBe(mark.points.length));
  });

  test('in one cell are one mark at their mean, coloured by the worst of them', () => {
    const [mark, ...others] = marks([point('a', 114.7, 22.9), point('b', 114.7, 22.9, 'red'), point('c', 114.7, 22.9, 'none')]);
    expect(others).toEqual([]);
    expect([mark.points.length, mark.worst, mark.extent]).toEqual([3, 'red', 0]);
    const [x, y] = world(114.7, 22.9);
    expect([mark.x, mark.y]).toEqual([expect.closeTo(x, 9), expect.closeTo(y, 9)]);
    expect(label(mark)).toBe('3 件，其中 1 件超期');
    expect(label(marks([point('a', 1, 1), point('b', 1, 1)])[0])).toBe('2 件，都正常');
  });

  test('that stand apart on the screen stand apart as marks, and part as one comes nearer', () => {
    const pair = [point('a', 114.7, 22.9), point('b', 114.701, 22.9)];
    expect(marks(pair, 10)).toHaveLength(1);
    expect(marks(pair, 18)).toHaveLength(2);
    expect(marks(pair, 18).map(({ key }) => key)).toEqual(['a', 'b']);
  });

  test('without cells each is its own mark, also in one place', () => {
    expect(marks([point('a', 1, 1), point('b', 1, 1)], 10, 0)).toHaveLength(2);
  });

  test('out of view are no marks', () => {
    const [x, y] = world(114.7, 22.9);
    const gathered = gather(placed([point('a', 114.7, 22.9), point('b', 10, 10)]), 14, 64);
    expect(marksIn(gathered, { x0: x - 1, x1: x + 1, y0: y - 1, y1: y + 1 }).map(({ key }) => key)).toEqual(['a']);
    expect(marks([])).toEqual([]);
  });

  test('are a stack only where no zoom would part them', () => {
    const apart = (lon) => marks([point('a', 114.7, 22.9), point('b', 114.7 + lon, 22.9)], 5)[0];
    expect(isStack(apart(0), 20, 36)).toBe(true);
    expect(isStack(apart(0.00001), 20, 36)).toBe(true); // a metre
    expect(isStack(apart(0.001), 20, 36)).toBe(false);
    expect(isStack(marks([point('a', 1, 1)])[0], 20, 36)).toBe(false);
  });

  test('cost no more each where there are many', () => {
    const quickest = (number) => {
      const all = placed(scattered(number));
      return Math.min(...Array.from({ length: 7 }, () => {
        const begin = performance.now();
        marksIn(gather(all, 13, 64), EVERYWHERE);
        return (performance.now() - begin) / number;
      }));
    };
    quickest(2_000); // once, as it is compiled
    expect(quickest(20_000) / quickest(2_000)).toBeLessThan(5);
  });
});

describe('the arrow keys', () => {
  const cross = ['m', 'e', 'w', 'n', 's'].map((key, at) => ({ key, x: [0, 5, -5, 1, 0][at], y: [0, 1, 0, -5, 5][at] }));

  test.each([['ArrowRight', 'e'], ['ArrowLeft', 'w'], ['ArrowUp', 'n'], ['ArrowDown', 's']])('%s leads on', (key, to) => {
    expect(following(cross, cross[0], key).key).toBe(to);
  });

  test('lead nowhere at the edge', () => {
    expect(following(cross, cross[1], 'ArrowRight')).toBeUndefined();
  });

  test('lead straight on rather than aside', () => {
    const some = [{ key: 'a', x: 0, y: 0 }, { key: 'aside', x: 2, y: 6 }, { key: 'ahead', x: 8, y: 0 }];
    expect(following(some, some[0], 'ArrowRight').key).toBe('ahead');
  });
});

describe('an outline', () => {
  const wave = (count) => Float64Array.from(Array.from({ length: count + 1 }, (_, n) => (
    [Math.cos((2 * Math.PI * (n % count)) / count), Math.sin((2 * Math.PI * (n % count)) / count)])).flat());

  test('loses only corners nearer than what was said to a line that stays', () => {
    const ring = wave(720);
    const less = simplify(ring, 0.01);
    expect(less.length).toBeLessThan(ring.length / 10);
    for (let i = 0; i < ring.length; i += 2) expect(off(ring[i], ring[i + 1], less)).toBeLessThanOrEqual(0.0101);
    expect([...less.slice(0, 2)]).toEqual([...less.slice(-2)]);
  });

  function off(x, y, ring) {
    let best = Infinity;
    for (let i = 2; i < ring.length; i += 2) {
      const [ax, ay, dx, dy] = [ring[i - 2], ring[i - 1], ring[i] - ring[i - 2], ring[i + 1] - ring[i - 1]];
      const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
      best = Math.min(best, Math.hypot(x - ax - along * dx, y - ay - along * dy));
    }
    return best;
  }

  test('has its name in its larger part, a box around both, and fewer corners from afar', () => {
    const square = (lon, size) => [[[lon, 22], [lon + size, 22], [lon + size, 22 + size], [lon + size / 2, 22 + size], [lon, 22 + size], [lon, 22]]];
    const outline = outlineOf({ boundary: { type: 'MultiPolygon', coordinates: [square(114, 0.01), square(115, 0.1)] } });
    const [x, y] = world(115.05, 22.05);
    expect([outline.middle.x, outline.middle.y]).toEqual([expect.closeTo(x, 4), expect.closeTo(y, 4)]);
    expect([outline.box.x0, outline.box.x1]).toEqual([world(114, 22)[0], world(115.1, 22)[0]]);
    expect(outline.at(18)).toBe(outline.rings);
    expect(outline.at(14)[1].length).toBeLessThan(outline.rings[1].length);
    expect(outline.at(13.25)).toBe(outline.at(14));
  });

  test('is not there without a boundary', () => {
    expect(outlineOf({ name: '没画的' })).toBeNull();
  });
});

describe('names of areas', () => {
  /** What is written on a map where a grid is 100 wide and a sign 12. */
  function written(areas, mine = []) {
    const said = [];
    const pen = new Proxy({}, { get: (_, name) => ({
      measureText: (words) => ({ width: words.length * 12 }), fillText: (words) => said.push(words),
    }[name] ?? (() => {})), set: () => true });
    const parts = strokesOf({ getContext: () => pen }, { zoom: 0, scale: 1, ratio: 1, corner: { x: 0, y: 0 }, mine, others: areas });
    while (parts.length) pass(parts);
    return said;
  }
  const grid = (name, lon, lat, wide = 140) => ({ name, boundary: { type: 'MultiPolygon', coordinates: [[[[lon, lat], [lon + wide, lat], [lon + wide, lat + 20], [lon, lat + 20], [lon, lat]]]] } });

  test('stand where there is room, short where there is less, and never over one another', () => {
    expect(written([grid('岭', 0, 0), grid('岭北', -100, 0)])).toEqual(['岭', '岭北']);
    expect(written([grid('富祥社区第1网格', 0, 0), grid('大岭社区第2网格', 20, 0)])).toEqual(['富祥社区第1网格']);
    expect(written([grid('富祥社区第1网格', 0, 0, 60)])).toEqual(['富祥1']);
  });

  test("one's own is always there, and others give way to it", () => {
    expect(written([grid('富祥社区第1网格', 0, 0)], [grid('大岭社区第2网格', 20, 0)])).toEqual(['大岭社区第2网格']);
    expect(written([], [grid('大岭社区第2网格', 0, 0, 1)])).toEqual(['大岭2']);
  });
});

describe('a walk', () => {
  test('is lines with gaps between them, never a line over a gap', () => {
    const { lines, gaps } = walkOf([[[1, 1, 10], [2, 1, 20]], [[5, 5, 900]], [[6, 6, 2000]]]);
    expect(lines.map((line) => line.length)).toEqual([2, 1, 1]);
    expect(gaps.map(([a, b]) => [a.t_ms, b.t_ms])).toEqual([[20, 900], [900, 2000]]);
    expect([walkOf([]), gapsOf([[1]])]).toEqual([{ lines: [], gaps: [] }, []]);
  });
});

describe('people on duty', () => {
  test('are named by how near they are; whose place is old comes last', () => {
    const people = [{ id: 'far', lon: 114.71, lat: 22.9 }, { id: 'old', lon: 114.7, lat: 22.9, isOld: true }, { id: 'near', lon: 114.701, lat: 22.9 }];
    const found = nearest(people, { lon: 114.7, lat: 22.9 });
    expect(found.map(({ id }) => id)).toEqual(['near', 'far', 'old']);
    expect(found[0].away_m).toBeCloseTo(102, 0);
  });
});

describe('cases as columns', () => {
  afterEach(() => vi.useRealTimers());

  test('become points that say what they are', () => {
    vi.useFakeTimers({ now: new Date('2026-11-22T15:00:00+08:00') });
    const at = Date.parse('2026-11-22T14:05:00+08:00') / 1000;
    const [one, other] = spotsOf({
      lights: ['none', 'green', 'yellow', 'red'], categories: [{ name: '占道经营' }, { name: '路灯' }],
      id: ['a', 'b'], lon: [1, 2], lat: [3, 4], light: [3, 0], category: [1, 0], reported: [at, at], practice: [false, true],
    });
    expect([one.id, one.lon, one.lat, one.light, one.title]).toEqual(['a', 1, 3, 'red', '超期 · 路灯 · 14:05 上报']);
    expect(other.title).toBe('演练 · 无时限 · 占道经营 · 14:05 上报');
  });
});

describe('photos of a case', () => {
  const photo = (id, code, more = {}) => ({ id, role: { code }, away_m: null, ...more });
  const [near, far, after, check, voice] = ['near', 'far', 'after', 'check', 'voice'].map((code) => photo(code, code));

  test('are parted into before, after and what is heard', () => {
    expect(sorted([check, near, voice, after, far])).toEqual({ before: [near, far], after: [check, after], voices: [voice] });
  });

  test('are laid beside the one of the same place in the other row, else its last', () => {
    const rows = { before: [near, far], after: [after] };
    expect([partner(near, rows), partner(far, rows), partner(after, rows)]).toEqual([after, after, near]);
    expect(partner(near, { before: [near], after: [] })).toBeNull();
  });

  test('say whose clock the time is of, and that a place is a claim', () => {
    const uploader = { name: '陈秀兰' };
    expect(taken({ shot_at: '2025-11-22T10:00:00+08:00', uploader })).toBe('2025-11-22 拍 · 陈秀兰');
    expect(taken({ claimed: { shot_at: '2025-11-22T10:00:00+08:00' }, uploader })).toBe('2025-11-22 拍（照片自称） · 陈秀兰');
    expect(taken({ sent_at: '2025-11-22T10:00:00+08:00', uploader })).toBe('2025-11-22 传到 · 陈秀兰');
    expect(placeOf({ away_m: 35 })).toEqual({ words: '照片自称拍摄地离这里 35 米', isFar: false });
    expect(placeOf({ away_m: 1200 }).isFar).toBe(true);
    expect(placeOf({ away_m: null }).words).toBe('照片里没有位置');
  });
});

describe('what a step changed', () => {
  test('is told in words, and what is not known is left out', () => {
    expect(changes({ department: '大岭城管中队', assist: '大岭消防站' })).toBe('派给大岭城管中队；协办：大岭消防站');
    expect(changes({ from_level: '街道', to_level: '社区' })).toBe('由街道交社区');
    expect(changes({ assignee: '陈秀兰', on_the_spot: { distance_m: 12.4 } })).toBe('由陈秀兰去现场；在离案发地 12 米 处答复');
    expect(changes({ anything: 1, alternatives: ['x'] })).toBe('');
  });
});
