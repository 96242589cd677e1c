/** The checkpoints of the round: which are near, which are due, which I have stood at today. */
import { iso } from '@/shared/clock.js';
import { distance_m as metres } from '@/shared/map/distance.js';

export const VISIT = 'checkpoint.visit';
const DOUBT_M = 50; // the server believes no more of a fix than this either

const dayOf = (time) => iso(new Date(time)).slice(0, 10);

const OLD_MS = 60_000; // where somebody was longer ago is not where they are

/** The fix, while it still says where one is. t_ms: when it was taken. */
export const recent = (here, time) => (here && time - here.t_ms <= OLD_MS ? here : null);

/**
 * The points with what this phone did of them today and the server has not told back: what waits counts as done; what was
 * refused does not, and is marked.
 * @param {object[]} points rows of the collection  @param {object[]} works what is unsent
 */
export function ticked(points, works, time) {
  const mine = works.filter(({ kind, op }) => kind === VISIT && dayOf(op.occurred_at) === dayOf(time));
  return points.map((point) => {
    const own = mine.filter(({ op }) => op.payload.checkpoint === point.id);
    const waiting = own.find(({ is }) => is !== 'parked');
    if (!waiting) return { ...point, isWaiting: false, isRefused: own.length > 0 };
    return { ...point, visited_at: waiting.op.occurred_at, due_at: dueAfter(point, time), due: false, isWaiting: true, isRefused: false };
  });
}

/**
 * @param {object[]} points rows of the collection  @param {object|null} here  @param {Date} now
 * @returns the same with distance_m, isNear, isDone (today, by anybody) and isLate; what is to be done and near comes first
 */
export function roundOf(points, here, now) {
  const told = points.map((point) => {
    const distance_m = here ? metres(here, point) : null;
    return {
      ...point, distance_m, isDone: Boolean(point.visited_at) && dayOf(point.visited_at) === dayOf(now),
      isLate: now >= new Date(point.due_at), isNear: distance_m !== null && distance_m <= point.radius_m + Math.min(here.accuracy_m ?? 0, DOUBT_M),
    };
  });
  return told.sort((a, b) => a.isDone - b.isDone || b.isLate - a.isLate || (a.distance_m ?? 0) - (b.distance_m ?? 0));
}

/** When it will be late next: whole days after today. */
export function dueAfter({ every_days: days }, now) {
  const next = new Date(new Date(`${dayOf(now)}T00:00:00+08:00`).getTime() + days * 86_400_000);
  return iso(next);
}
