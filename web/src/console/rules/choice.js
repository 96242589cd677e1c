/** Which rows of a preview one may choose, and how they read. */

const WISHES = ['new', 'changed', 'ended'];

/** Would taking the row in change something? */
export const isWish = ({ fate }) => WISHES.includes(fate.code);

export const wishes = (lines) => lines.filter(isWish).map(({ number }) => number);

/** Rows that say something: all but those that stay as they are. */
export const isDiffering = ({ fate }) => fate.code !== 'unchanged';

/** All the given rows chosen, or, when they all are already, none of them. */
export function toggled(chosen, numbers) {
  const next = new Set(chosen);
  const isAll = numbers.every((number) => next.has(number));
  numbers.forEach((number) => (isAll ? next.delete(number) : next.add(number)));
  return next;
}

/** Why a row has its fate: reasons with their cells, then what changes. */
export function why({ reasons, changes }) {
  return [
    ...reasons.map(({ cell, text }) => (cell ? `${cell}：${text}` : text)),
    ...changes.map(({ field, before, after }) => `${field}：${before || '空'} → ${after || '空'}`),
  ];
}

/** `事件 第 12 行`; a row only the rules have stands nowhere. */
export const placeOf = ({ sheet, row }) => (row ? `${sheet} 第 ${row} 行` : '现行标准');
