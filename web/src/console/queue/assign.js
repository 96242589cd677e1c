/** Giving a case to a department, by hand or by mouse: what the server offers for it, and what is still to be told. */

const GIVING = ['dispatch', 'arbitrate'];

/** @param {object} event  a case with its steps  @returns {{step?, departments?, suggested?, objection?}} */
export function assignment(event) {
  const step = event.steps.find(({ action }) => GIVING.includes(action));
  if (!step) return { objection: `这件事${event.state.label}，你现在不能派遣。` };
  const field = step.fields.find(({ name }) => name === 'department');
  const { suggestion } = event;
  return { step, departments: field.options, suggested: suggestion?.action === step.action ? suggestion.fields.department : null };
}

/** Is it what was suggested, so that nothing more need be told? */
export function isAsSuggested(event, step, department) {
  const { suggested } = assignment(event);
  const others = step.fields.filter(({ name, required }) => required && name !== 'department');
  return department === suggested && others.every(({ name }) => event.suggestion.fields[name]);
}
