/** Months, and which lists stand behind a figure. */

/** A rate and a mean are made of figures that are counted: those are what can be looked at. */
const MADE_OF = { rate: ['on_time', 'missed'], mean: ['done'] };

export const listsOf = (code) => (code ? MADE_OF[code] ?? [code] : []);

/** `2026-01` and -1 → `2025-12`. */
export function neighbour(month, by) {
  const [year, number] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}
