/** Which rows a scrolled window shows, and how it must be scrolled to show one. All rows are alike high. */

export const ROW_PX = 40;
export const TOUCH_PX = 56; // under a thumb

/** @returns {{first: number, count: number, shift: number}} shift: px by which the first row sticks out above */
export function shown(top, height, total, row_px = ROW_PX) {
  const first = Math.max(0, Math.min(Math.floor(top / row_px), total - 1));
  const last = Math.min(total, Math.ceil((top + height) / row_px));
  return { first, count: Math.max(0, last - first), shift: Math.max(0, top - first * row_px) };
}

/** The nearest scroll position that shows a whole row. */
export function reveal(index, top, height, row_px = ROW_PX) {
  const above = index * row_px;
  if (above < top) return above;
  return Math.max(top, above + row_px - height);
}

/** Pages worth reading: those in sight first, then the next in the direction one scrolls. */
export function wanted(pages, { first, count }, direction = 1) {
  const from = pages.pageOf(first);
  const to = pages.pageOf(Math.max(first, first + count - 1));
  const ahead = direction < 0 ? from - 1 : to + 1;
  const numbers = [];
  for (let n = from; n <= to; n += 1) numbers.push(n);
  return [...numbers, ahead].filter((n) => pages.pages[n] && !pages.pages[n].rows && pages.pages[n].size > 0);
}
