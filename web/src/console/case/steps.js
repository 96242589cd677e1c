/** The steps the server offers of a case: which stand in the case's own list, in what order, and which is the main one. */

const rank = ({ primary, danger }) => (primary ? 0 : danger ? 2 : 1);

/** What decides on a request stands beside it, in the list of requests; what is about a link, beside the links. */
const ASIDE = ['link', 'unlink'];
const isAside = ({ action, href }) => href.endsWith('/decisions') || ASIDE.includes(action);

/** @param {{steps: import('@/shared/api/shapes.js').Step[]}} event */
export const ownSteps = ({ steps }) => steps.filter((step) => !isAside(step)).sort((a, b) => rank(a) - rank(b));

/** What the case waits for, of this reader; on a phone it stands in the foot of the page. */
export const mainStep = (event) => ownSteps(event).find(({ primary, danger }) => primary && !danger);

/** The step the rules suggest, if it is offered. */
export const suggestedStep = ({ suggestion, steps }) => suggestion && steps.find(({ action }) => action === suggestion.action);

/** Asks for nothing but perhaps a word, and can be undone by a later step. */
export const isPlain = ({ danger, fields }) => !danger && fields.every(({ name, required }) => name === 'note' && !required);

/** The values the server proposes, when they are all the step needs. */
export function proposed({ fields }) {
  const needed = fields.filter(({ required }) => required);
  return needed.every(({ value }) => value) && Object.fromEntries(needed.map(({ name, value }) => [name, value]));
}
