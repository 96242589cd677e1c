/** A year laid out: months of days, Monday first, and what is special told in spells. */

const DAY_MS = 86_400_000;
const MARKS = { holiday: '休', workday: '班' };
const iso = (time) => new Date(time).toISOString().slice(0, 10);
const weekday = (time) => (new Date(time).getUTCDay() + 6) % 7;

/**
 * @param {number} year
 * @param {{day: string, kind: {code: string, label: string}, name: string, provisional: boolean}[]} special days that do not follow the week
 */
export function months(year, special) {
  const known = new Map(special.map((one) => [one.day, one]));
  return Array.from({ length: 12 }, (_, index) => {
    const first = Date.UTC(year, index, 1);
    const length = (Date.UTC(year, index + 1, 1) - first) / DAY_MS;
    const days = Array.from({ length }, (__, at) => dayOf(first + at * DAY_MS, known));
    return { number: index + 1, blanks: weekday(first), days };
  });
}

function dayOf(time, known) {
  const date = iso(time);
  const one = known.get(date);
  const isWeekend = weekday(time) > 4;
  const kind = one?.kind.code ?? (isWeekend ? 'weekend' : 'ordinary');
  const words = one ? [one.kind.label, one.name, one.provisional && '暂定'] : [isWeekend && '周末'];
  return {
    date, number: Number(date.slice(8)), kind, mark: MARKS[one?.kind.code] ?? '', isProvisional: Boolean(one?.provisional),
    title: [date, ...words.filter(Boolean)].join(' '),
  };
}

/** Days that follow each other under one name and kind: `{name, label, code, from, to, count, isProvisional}`. */
export function spells(special) {
  const found = [];
  [...special].sort((a, b) => a.day.localeCompare(b.day)).forEach((one) => {
    const last = found.at(-1);
    const joins = last && last.name === one.name && last.code === one.kind.code && last.isProvisional === one.provisional
      && Date.parse(one.day) - Date.parse(last.to) === DAY_MS;
    if (joins) Object.assign(last, { to: one.day, count: last.count + 1 });
    else found.push({ name: one.name, code: one.kind.code, label: one.kind.label, from: one.day, to: one.day, count: 1, isProvisional: one.provisional });
  });
  return found;
}

/** `02-15 至 02-23，9天`, or one day alone. */
export const spellWords = ({ from, to, count }) => (count === 1 ? from.slice(5) : `${from.slice(5)} 至 ${to.slice(5)}，${count}天`);
