/** The light of a case at this moment: rows are not read again only because time passes. */
import { ref } from 'vue';
import { now } from '@/shared/clock.js';

const BEAT_MS = 30_000;
const beat = ref(0);
setInterval(() => {
  beat.value += 1;
}, BEAT_MS);

/** Now, for what is to be worked out again as it passes. */
export function passing() {
  return beat.value >= 0 && now();
}

/** @param {import('@/shared/api/shapes.js').EventSummary} event  @returns {string} code of its light, as the server tells it */
export function lamp({ light, yellow_at, due_at, closed_at }, at) {
  if (closed_at || !due_at || !yellow_at) return light.code;
  if (at > new Date(due_at)) return 'red';
  return at >= new Date(yellow_at) ? 'yellow' : 'green';
}
