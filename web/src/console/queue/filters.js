/** What the list is narrowed to, in the words of the page and in those of the server; the address has the latter. */

export const emptyFilters = () => ({ q: '', overdue: '', supervised: '', light: '', category: '', area: '', department: '', reported: null });
/** Not queues of the server: what is open, and everything. */
export const OPEN = 'open';
export const ALL = '';

/** As the server is asked. Queues are read by what is due first, everything newest first. */
export function asked(queue, filters) {
  const { reported, ...rest } = filters;
  const [from, to] = reported ?? [];
  const where = queue === OPEN ? { open: 'true' } : { queue };
  const told = { ...where, sort: queue === ALL ? 'newest' : 'due', ...rest,
    reported_from: from && `${from}T00:00:00+08:00`, reported_to: to && `${to}T23:59:59+08:00` };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value));
}

/** Back from an address or a saved view; what it does not name is not filtered. */
export function read(told) {
  const filters = emptyFilters();
  for (const name of Object.keys(filters)) if (told[name]) filters[name] = String(told[name]);
  const { reported_from: from, reported_to: to } = told;
  if (from && to) filters.reported = [from.slice(0, 10), to.slice(0, 10)];
  return { queue: told.queue ?? (told.open ? OPEN : ALL), filters };
}

export const isSame = (a, b) => JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
export const isNarrowed = (filters) => Object.values(filters).some(Boolean);

const KEY = 'wangge-desk';

/** What this tab looked at last, so that it is there again on the way back from another page. */
export const keep = (told) => sessionStorage.setItem(KEY, JSON.stringify(told));
export const kept = () => JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
