/**
 * Outlines of areas as a screen draws them: on the plane of world.js, with as many corners as a zoom can show.
 * Each is made once and kept with its area.
 */
import { world } from './world.js';

const FINEST = 18; // from here on all corners are drawn
const known = new WeakMap();

/** @returns {{rings: Float64Array[], box: import('./world.js').Box, middle: {x: number, y: number}, at: (zoom: number) => Float64Array[]} | null} */
export function outlineOf(area) {
  if (!area.boundary) return null;
  if (!known.has(area)) known.set(area, read(area.boundary));
  return known.get(area);
}

function read({ type, coordinates }) {
  const polygons = type === 'MultiPolygon' ? coordinates : [coordinates];
  const rings = polygons.flat().map((ring) => Float64Array.from(ring.flatMap(([lon, lat]) => world(lon, lat))));
  const kept = new Map();
  function at(zoom) {
    const level = Math.ceil(zoom);
    if (level >= FINEST) return rings;
    if (!kept.has(level)) kept.set(level, rings.map((ring) => simplify(ring, 0.75 / 2 ** level)));
    return kept.get(level);
  }
  return { rings, box: boxOf(rings), middle: middleOf(polygons), at };
}

function boxOf(rings) {
  const box = { x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity };
  rings.forEach((ring) => {
    for (let i = 0; i < ring.length; i += 2) {
      box.x0 = Math.min(box.x0, ring[i]);
      box.x1 = Math.max(box.x1, ring[i]);
      box.y0 = Math.min(box.y0, ring[i + 1]);
      box.y1 = Math.max(box.y1, ring[i + 1]);
    }
  });
  return box;
}

/** Where the name stands: the centre of mass of the largest shell. */
function middleOf(polygons) {
  const masses = polygons.map(([shell]) => mass(shell.map(([lon, lat]) => world(lon, lat))));
  return masses.reduce((best, one) => (one.size > best.size ? one : best));
}

function mass(corners) {
  const [ox, oy] = corners[0]; // near the corners: far from it the numbers would lose what is looked for
  let [twice, x, y] = [0, 0, 0];
  for (let i = 0, j = corners.length - 1; i < corners.length; j = i, i += 1) {
    const [ax, ay, bx, by] = [corners[j][0] - ox, corners[j][1] - oy, corners[i][0] - ox, corners[i][1] - oy];
    const cross = ax * by - bx * ay;
    twice += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  return twice ? { x: ox + x / (3 * twice), y: oy + y / (3 * twice), size: Math.abs(twice) } : { x: ox, y: oy, size: 0 };
}

/** Douglas and Peucker over a closed ring [x, y, x, y …]: nothing is left out that lies further off than `off`. */
export function simplify(ring, off) {
  const count = ring.length / 2;
  const isKept = new Uint8Array(count);
  const half = farthest(ring, 0, 0, count - 1).at || count - 1; // a ring ends where it begins: cut it in two
  [0, half, count - 1].forEach((at) => { isKept[at] = 1; });
  const open = [[0, half], [half, count - 1]];
  while (open.length) {
    const [from, to] = open.pop();
    const { at, away } = farthest(ring, from, from, to, to);
    if (away <= off * off) continue;
    isKept[at] = 1;
    open.push([from, at], [at, to]);
  }
  return ring.filter((_, at) => isKept[at >> 1]);
}

/** Of the corners between two, the one farthest from the line `a`–`b`, and the square of how far. */
function farthest(ring, a, from, to, b = a) {
  const [ax, ay] = [ring[2 * a], ring[2 * a + 1]];
  const [dx, dy] = [ring[2 * b] - ax, ring[2 * b + 1] - ay];
  const squared = dx * dx + dy * dy;
  let best = { at: 0, away: 0 };
  for (let at = from + 1; at < to; at += 1) {
    const [x, y] = [ring[2 * at] - ax, ring[2 * at + 1] - ay];
    const along = squared ? Math.min(1, Math.max(0, (x * dx + y * dy) / squared)) : 0;
    const away = (x - along * dx) ** 2 + (y - along * dy) ** 2;
    if (away > best.away) best = { at, away };
  }
  return best;
}
