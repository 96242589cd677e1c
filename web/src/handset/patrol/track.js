/** A day's walk from its points: lines, the gaps between them shown as gaps, its length, how much of the grid was seen. */
import { isInside } from '@/shared/map/inside.js';
import { gapsOf } from '@/shared/map/walk.js';
import { distance_m } from '@/shared/map/distance.js';

/** Silence for longer than this is a gap, as the server counts it. */
export const GAP_MS = 120_000;
const SEEN_M = 30;
const M_PER_DEGREE = 111_195;

/** Keep a point when it is exact enough and one has moved, or a minute has passed. */
export function isWorth(last, fresh) {
  if (fresh.accuracy_m > 100) return false;
  return !last || fresh.t_ms - last.t_ms >= 60_000 || distance_m(last, fresh) >= Math.max(8, fresh.accuracy_m / 2);
}

/** @returns {{lines: object[][], gaps: [object, object][]}} */
export function split(points) {
  const lines = [];
  [...points].sort((a, b) => a.t_ms - b.t_ms).forEach((point) => {
    const line = lines[lines.length - 1];
    const last = line?.[line.length - 1];
    if (last && point.t_ms - last.t_ms <= GAP_MS) line.push(point);
    else lines.push([point]);
  });
  return { lines, gaps: gapsOf(lines) };
}

export const length_m = (lines) => lines.reduce((total, line) => total
  + line.slice(1).reduce((sum, point, at) => sum + distance_m(line[at], point), 0), 0);

/** Part of the grid within 30 m of the walked lines, 0 to 1, by a raster of about 2,000 spots. */
export function coverage(boundary, lines) {
  const spots = raster(boundary);
  if (!spots.length) return 0;
  return spots.filter((spot) => lines.some((line) => isNear(spot, line))).length / spots.length;
}

function raster(boundary) {
  const ring = boundary.type === 'MultiPolygon' ? boundary.coordinates.flat(2) : boundary.coordinates.flat(1);
  const [west, east] = range(ring.map(([lon]) => lon));
  const [south, north] = range(ring.map(([, lat]) => lat));
  const step = Math.sqrt(((east - west) * (north - south)) / 2000);
  if (!step) return [];
  const spots = [];
  for (let lon = west + step / 2; lon < east; lon += step) {
    for (let lat = south + step / 2; lat < north; lat += step) if (isInside({ lon, lat }, boundary)) spots.push({ lon, lat });
  }
  return spots;
}

const range = (numbers) => numbers.reduce(([low, high], one) => [Math.min(low, one), Math.max(high, one)], [Infinity, -Infinity]);

function isNear(spot, line) {
  if (line.length === 1) return distance_m(spot, line[0]) <= SEEN_M;
  return line.slice(1).some((point, at) => toSegment_m(spot, line[at], point) <= SEEN_M);
}

function toSegment_m(spot, a, b) {
  const scale = Math.cos(spot.lat * (Math.PI / 180));
  const flat = ({ lon, lat }) => [(lon - spot.lon) * M_PER_DEGREE * scale, (lat - spot.lat) * M_PER_DEGREE];
  const [ax, ay] = flat(a);
  const [bx, by] = flat(b);
  const squared = (bx - ax) ** 2 + (by - ay) ** 2;
  const along = squared ? Math.min(1, Math.max(0, -(ax * (bx - ax) + ay * (by - ay)) / squared)) : 0;
  return Math.hypot(ax + along * (bx - ax), ay + along * (by - ay));
}
