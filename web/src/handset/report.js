/** Rules of the report form that need no page. */
import { distance_m } from '@/shared/map/distance.js';

const NEAR_M = 50;
const RECENT_MS = 24 * 3600_000;

/**
 * Dealt with on the spot: the last picture is the one of after, whatever it was taken for; undone, it is any other.
 * @returns the media with their roles
 */
export function asSelfHandled(media, isSelf) {
  const pictures = media.filter(({ role }) => role !== 'voice');
  const last = pictures.length > 1 && !pictures.some(({ role }) => role === 'after') ? pictures.at(-1) : null;
  if (isSelf) return media.map((one) => (one === last ? { ...one, role: 'after' } : one));
  return media.map((one) => (one.role === 'after' ? { ...one, role: 'other' } : one));
}

/** Was it said of these what they are: one of them the same, or none? */
export const isAnswered = (doubles, same_as, others) =>
  doubles.some(({ id }) => id === same_as) || doubles.every(({ id }) => others.includes(id));

/** Events like this one, near and of the last day, nearest first: perhaps somebody has reported it already. */
export function similar(events, { category, place, now }) {
  if (!category || !place) return [];
  return events
    .filter((event) => event.category?.code === category && event.place && now - Date.parse(event.reported_at) < RECENT_MS)
    .map((event) => ({ ...event, away_m: distance_m(place, event.place) }))
    .filter(({ away_m }) => away_m <= NEAR_M)
    .sort((a, b) => a.away_m - b.away_m);
}
