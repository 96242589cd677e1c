/** The light of a case at this moment: rows are not read again only because time passes. */
import { ref } from 'vue';
import { now } from '@/shared/clock.js';
import { timeLeft } from '@/shared/format/time.js';

const BEAT_MS = 30_000;
const beat = ref(0);
setInterval(() => {
  beat.value += 1;
}, BEAT_MS);

/** Now, for what is to be worked out again as it passes. */
export function passing() {
  return beat.value >= 0 && now();
}

/**
 * @param {import('@/shared/api/shapes.js').EventSummary | import('@/shared/api/shapes.js').StepClock} clock
 * @returns {string} code of its light, as the server tells it
 */
export function lamp({ light, yellow_at, due_at, closed_at }, at) {
  if (closed_at || !due_at || !yellow_at) return light.code;
  if (at > new Date(due_at)) return 'red';
  return at >= new Date(yellow_at) ? 'yellow' : 'green';
}

/**
 * What is to be shown of a case's clocks: its own, and that of the step it stands at. Before the case has one, the
 * step's is its light, named by what is to be done: a row that says nothing of time is one that will be late.
 * @param {import('@/shared/api/shapes.js').EventRow} event  @returns {{code: string, label: string, step: {code: string, text: string, due_at: string}|null}}
 */
export function clocks(event, at) {
  const step = !event.closed_at && event.step_clock
    ? { code: lamp(event.step_clock, at), text: `${event.step_clock.deed}${timeLeft(event.step_clock.due_at, at)}`, due_at: event.step_clock.due_at }
    : null;
  const isStep = step && !event.due_at;
  return { code: isStep ? step.code : lamp(event, at), label: isStep ? event.step_clock.deed : '', step };
}
