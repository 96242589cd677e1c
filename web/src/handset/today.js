/** The order of the day: what is late first, then what is near among what is due at about the same time. */
import { distance_m } from '@/shared/map/distance.js';

const HOUR_MS = 3600_000;

/** red: late; yellow: within four hours; green: time enough. */
export function urgency(task, now_ms) {
  if (!task.due_at) return 'green';
  const left_ms = Date.parse(task.due_at) - now_ms;
  if (left_ms < 0) return 'red';
  return left_ms < 4 * HOUR_MS ? 'yellow' : 'green';
}

const RANK = { red: 0, yellow: 1, green: 2 };

/** Tasks with `away_m` where both places are known. */
export function ordered(tasks, here, now_ms) {
  return tasks
    .map((task) => ({ ...task, ...(here && task.event.place ? { away_m: distance_m(here, task.event.place) } : {}) }))
    .sort((a, b) => RANK[urgency(a, now_ms)] - RANK[urgency(b, now_ms)]
      || (a.away_m ?? Infinity) - (b.away_m ?? Infinity) || String(a.due_at).localeCompare(String(b.due_at)));
}
