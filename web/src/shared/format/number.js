/** Lengths and numbers of cases as people read them. */

/** `35 米`, `1.2 公里`. */
export function distance(length_m) {
  if (length_m === null || length_m === undefined) return '';
  return length_m < 1000 ? `${Math.round(length_m)} 米` : `${(length_m / 1000).toFixed(1)} 公里`;
}

/** Area, day and serial apart: `441323002 20261122 00041`, `YL` before those of practice; anything else as it is. */
export function caseNo(number) {
  if (!number) return '';
  const parts = /^(YL)?(\d{9})(\d{8})(\d{5})$/.exec(number);
  return parts ? parts.slice(1).filter(Boolean).join(' ') : number;
}

/** The serial at the end, which people say aloud. */
export const shortCaseNo = (number) => (number ? number.slice(-5) : '');
