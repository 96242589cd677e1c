/** What the form of a step says, by what stands in its fields. */

/** Nothing was said: no words, no list with anything in it, no place. */
export const isEmpty = (value) => !value || value.length === 0;

/** Of a photo only its name and kind are told; a choice is told as it is. */
const named = (one) => (one.sha256 ? { sha256: one.sha256, role: one.role } : one);

/**
 * What is filled in; and a line that was filled and is empty now, which is to be taken away.
 *
 * @param {import('@/shared/api/shapes.js').StepField[]} fields of the step
 */
export function told(fields, values) {
  const isCleared = ({ name, kind, value }) => kind === 'line' && !isEmpty(value) && isEmpty(values[name]);
  const cleared = new Set(fields.filter(isCleared).map(({ name }) => name));
  const said = Object.entries(values).filter(([name, value]) => cleared.has(name) || !isEmpty(value));
  return Object.fromEntries(said.map(([name, value]) => [name, Array.isArray(value) ? value.map(named) : value]));
}
