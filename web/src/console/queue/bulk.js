/** Steps that make sense for several cases at once, and their results beside the cases. */

/** Fields that mean something of one case only. */
const OWN = ['parent', 'assistant', 'other', 'photos', 'handler', 'position'];

/** @param {import('@/shared/api/shapes.js').Step[]} steps of the first of them */
export function commonSteps(steps, chosen) {
  const isOneClass = new Set(chosen.map(({ category }) => category.code)).size === 1;
  return steps.filter(({ href, fields }) => href.endsWith('/steps') && !fields.some(({ name, required }) => required && (OWN.includes(name) || (name === 'condition' && !isOneClass))))
    .map((step) => ({ ...step, fields: step.fields.filter(({ name, required }) => required || name === 'note') }));
}

/** Each case as it was seen with what became of it. */
export function resultsOf(seen, items) {
  const byId = new Map(seen.map((one) => [one.id, one]));
  return items.map(({ id, status, problem }) => {
    const { case_no, category, area } = byId.get(id);
    return { id, status, problem, case_no, name: `${category.name} · ${area.name}` };
  });
}
