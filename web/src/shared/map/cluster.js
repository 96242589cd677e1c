/**
 * Points on a screen: those that would hide one another become one mark, counted by light. On the plane of world.js.
 * Twenty thousand points are gathered once a zoom, in columns; marks are made only of what is in view.
 */
import { URGENCY } from '@/shared/format/light.js';
import { scaleAt, world } from './world.js';

const WIDE = 2 ** 26; // more than there are cells side by side

/** Where points lie, computed once. @param {{lon: number, lat: number}[]} points */
export function placed(points) {
  const [xs, ys] = [new Float64Array(points.length), new Float64Array(points.length)];
  points.forEach(({ lon, lat }, at) => { [xs[at], ys[at]] = world(lon, lat); });
  return { points, xs, ys };
}

/**
 * The cells of the screen with something in them; cell 0: one for each point.
 * @returns {{zoom: number, keys: number[], starts: Int32Array, members: Int32Array, xs: Float64Array, ys: Float64Array, all: object}}
 *   members: places of points, those of cell n from starts[n] to starts[n + 1]; xs, ys: their mean
 */
export function gather(all, zoom, cell) {
  const size = cell / scaleAt(zoom);
  const count = all.points.length;
  const numbers = new Map();
  const cellOf = Int32Array.from({ length: count }, (_, at) => {
    const key = cell ? Math.floor(all.xs[at] / size) * WIDE + Math.floor(all.ys[at] / size) : at;
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    return numbers.get(key);
  });
  const starts = new Int32Array(numbers.size + 1);
  cellOf.forEach((number) => { starts[number + 1] += 1; });
  for (let number = 0; number < numbers.size; number += 1) starts[number + 1] += starts[number];
  const [xs, ys] = [new Float64Array(numbers.size), new Float64Array(numbers.size)];
  const members = new Int32Array(count);
  const filled = starts.slice();
  cellOf.forEach((number, at) => {
    members[filled[number]] = at;
    filled[number] += 1;
    const share = 1 / (starts[number + 1] - starts[number]);
    xs[number] += all.xs[at] * share;
    ys[number] += all.ys[at] * share;
  });
  return { zoom, keys: [...numbers.keys()], starts, members, xs, ys, all };
}

/**
 * The marks of a part of the map.
 * @param {import('./world.js').Box} view
 * @returns {{key: string, x: number, y: number, points: object[], counts: number[], worst: string, extent: number, box: object}[]}
 */
export function marksIn(gathered, view) {
  const found = [];
  gathered.keys.forEach((_, number) => {
    const [x, y] = [gathered.xs[number], gathered.ys[number]];
    if (x >= view.x0 && x <= view.x1 && y >= view.y0 && y <= view.y1) found.push(mark(gathered, number));
  });
  return found;
}

function mark({ zoom, keys, starts, members, xs, ys, all }, number) {
  const inside = members.subarray(starts[number], starts[number + 1]);
  const box = { x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity };
  const counts = URGENCY.map(() => 0);
  const points = Array.from(inside, (at) => all.points[at]);
  inside.forEach((at) => {
    box.x0 = Math.min(box.x0, all.xs[at]);
    box.x1 = Math.max(box.x1, all.xs[at]);
    box.y0 = Math.min(box.y0, all.ys[at]);
    box.y1 = Math.max(box.y1, all.ys[at]);
    counts[Math.max(0, URGENCY.indexOf(all.points[at].light))] += 1;
  });
  return {
    key: points.length > 1 ? `${zoom}/${keys[number]}` : points[0].id, x: xs[number], y: ys[number], points, counts, box,
    worst: [...URGENCY].reverse().find((code) => counts[URGENCY.indexOf(code)]),
    extent: Math.max(box.x1 - box.x0, box.y1 - box.y0),
  };
}

/** Do these lie so close together that no zoom parts them? Then one chooses from a list. */
export const isStack = ({ points, extent }, nearest, cell) => points.length > 1 && extent * scaleAt(nearest) < cell;

const AHEAD = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

/** The mark an arrow key leads to: ahead, near, and rather straight on than aside; undefined at the edge. */
export function following(marks, from, key) {
  const [right, down] = AHEAD[key];
  const cost = ({ x, y }) => {
    const ahead = (x - from.x) * right + (y - from.y) * down;
    const aside = Math.abs((x - from.x) * down) + Math.abs((y - from.y) * right);
    return ahead > 0 ? ahead + 2 * aside : Infinity;
  };
  const costs = marks.map(cost);
  const least = Math.min(...costs);
  return least === Infinity ? undefined : marks[costs.indexOf(least)];
}
