/** Times and spans as people say them, always in China's time (no daylight saving, +08:00). */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = (number) => String(number).padStart(2, '0');

function wall(time) {
  const shifted = new Date(new Date(time).getTime() + 8 * HOUR);
  return {
    year: shifted.getUTCFullYear(),
    date: `${two(shifted.getUTCMonth() + 1)}-${two(shifted.getUTCDate())}`,
    clock: `${two(shifted.getUTCHours())}:${two(shifted.getUTCMinutes())}`,
  };
}

/** Today `14:05`, this year `11-22 14:05`, else `2025-11-22`. */
export function moment(time, now = new Date()) {
  if (!time) return '';
  const then = wall(time);
  const today = wall(now);
  if (then.year !== today.year) return `${then.year}-${then.date}`;
  return then.date === today.date ? then.clock : `${then.date} ${then.clock}`;
}

/** The day it is in China: `2026-11-22`. */
export function today(now = new Date()) {
  const here = wall(now);
  return `${here.year}-${here.date}`;
}

/** The whole time, for titles: `2026-11-22 14:05`. */
export function fullMoment(time) {
  if (!time) return '';
  const then = wall(time);
  return `${then.year}-${then.date} ${then.clock}`;
}

/** `3小时20分`, two units at most, the smaller left out when nought. */
export function span(span_ms) {
  if (span_ms < MINUTE) return '不到1分';
  if (span_ms < HOUR) return `${Math.floor(span_ms / MINUTE)}分`;
  if (span_ms < DAY) return pair(span_ms, HOUR, '小时', MINUTE, '分');
  return pair(span_ms, DAY, '天', HOUR, '小时');
}

function pair(span_ms, big, bigWord, small, smallWord) {
  const rest = Math.floor((span_ms % big) / small);
  return `${Math.floor(span_ms / big)}${bigWord}${rest ? rest + smallWord : ''}`;
}

/** Against a deadline: `还剩3小时20分` or `已超2天`; empty without one. */
export function timeLeft(due, now = new Date()) {
  if (!due) return '';
  const left_ms = new Date(due).getTime() - new Date(now).getTime();
  return left_ms >= 0 ? `还剩${span(left_ms)}` : `已超${span(-left_ms)}`;
}
