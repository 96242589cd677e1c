/** Two people at one case: what the other did, and whether the step that came too late can still be taken. */
import { moment } from '@/shared/format/time.js';
import { now } from '@/shared/clock.js';

/** The entries of the history that were not there before, newest first. */
export function since(before, after) {
  const seen = Math.max(0, ...(before.history ?? []).map(({ seq }) => seq));
  return (after.history ?? []).filter(({ seq }) => seq > seen).sort((a, b) => b.seq - a.seq);
}

/**
 * @param {object} before the case as it was read when the step was decided on  @param {object} after as it is
 * @returns {{entries: object[], label: string, fields: object, step: object|undefined, reason: string}}
 *   step: the same step as it is offered now; without it, reason says why
 */
export function clashOf(before, after, step, fields, error) {
  const entries = since(before, after);
  const again = error.status === 412 ? sameStep(after.steps, step) : undefined;
  return { entries, label: step.label, fields, step: again, reason: again ? '' : why(after, entries, step, error) };
}

/** A department's part has an address of its own; the part may be another by now, with the same step. */
export function sameStep(steps, { action, href }) {
  const offered = steps.filter((one) => one.action === action);
  return offered.find((one) => one.href === href) ?? (offered.length === 1 ? offered[0] : undefined);
}

function why(after, [last], { label }, error) {
  if (error.status !== 412) return error.message;
  const by = last ? `${last.actor.name} ${moment(last.at, now())} 办了“${last.action.label}”，` : '';
  return `${by}现在是“${after.state.label}”，不能再“${label}”。`;
}
