/**
 * The rows of a long list as far as they were read: pages between marks, any of which may be missing.
 * Plain data: who changes it says so to Vue.
 */

/** due: by deadline, none last, then by id. newest: by id backwards. As the server orders them. */
export const ORDERS = {
  due: (a, b) => compare(a.due_at ?? '~', b.due_at ?? '~') || compare(a.id, b.id),
  newest: (a, b) => compare(b.id, a.id),
};
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** @param {{total: number, every: number, marks: string[]}} told  @param {'due'|'newest'} sort */
export function createPages({ total, every, marks }, sort) {
  // A list that ends on a mark has nothing behind it.
  const inner = marks.slice(0, Math.max(0, Math.ceil(total / every) - 1));
  const pages = [undefined, ...inner].map((after, n) => ({
    after, until: inner[n], size: Math.min(every, total - n * every), rows: total ? null : [],
  }));
  const before = ORDERS[sort];
  let starts = null;

  /** Number of the first row of each page, and behind the last page the length of the whole. */
  function firsts() {
    if (!starts) {
      starts = [0];
      pages.forEach(({ size }, n) => starts.push(starts[n] + size));
    }
    return starts;
  }

  /** The page a row lies in. */
  function pageOf(index) {
    const ends = firsts();
    let low = 0;
    let high = pages.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (ends[middle] <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  function at(index) {
    const n = pageOf(index);
    return pages[n].rows?.[index - firsts()[n]];
  }

  /** Where a case stands among what was read; -1 when it does not. */
  function indexOf(id) {
    for (const [n, { rows }] of pages.entries()) {
      const place = rows ? rows.findIndex((row) => row.id === id) : -1;
      if (place >= 0) return firsts()[n] + place;
    }
    return -1;
  }

  function put(n, rows) {
    pages[n].rows = rows;
    pages[n].size = rows.length;
    starts = null;
  }

  function remove(id) {
    const index = indexOf(id);
    if (index < 0) return false;
    const n = pageOf(index);
    const rows = [...pages[n].rows];
    rows.splice(index - firsts()[n], 1);
    put(n, rows);
    return true;
  }

  /** Into the page that it belongs to; false when that page was not read, so that nobody knows which it is. */
  function insert(row) {
    const n = pages.findIndex((page, number) => page.rows && isInside(row, page.rows, number));
    if (n < 0) return false;
    const rows = pages[n].rows;
    const behind = rows.findIndex((other) => before(row, other) < 0);
    put(n, behind < 0 ? [...rows, row] : [...rows.slice(0, behind), row, ...rows.slice(behind)]);
    return true;
  }

  function isInside(row, rows, n) {
    const isBehindFirst = n === 0 || (rows.length > 0 && before(rows[0], row) <= 0);
    const isBeforeLast = n === pages.length - 1 || (rows.length > 0 && before(row, rows[rows.length - 1]) <= 0);
    return isBehindFirst && isBeforeLast;
  }

  /** Let go of what lies far from these pages, so that scrolling through everything fills no memory. */
  function thin(needed, kept) {
    pages.forEach((page, other) => {
      if (needed.every((n) => Math.abs(other - n) > kept)) page.rows = null;
    });
  }

  return {
    pages, pageOf, at, indexOf, put, remove, insert, thin,
    total: () => firsts()[pages.length],
    read: () => pages.flatMap(({ rows }) => rows ?? []),
  };
}
