/** The form of a checkpoint: what is wrong with it, and what is told of it. */

/** What was left empty is no number, least of all zero. */
const number = (text) => (String(text ?? '').trim() === '' ? NaN : Number(text));
const isWithin = (value, least, most) => value >= least && value <= most;

/** The first thing to mend, in words; '' for none. */
export function fault(form) {
  const { name, lon, lat, radius_m, every_days } = told(form);
  if (!name) return '请填名称。';
  if (!isWithin(lon, -180, 180)) return '请填经度，例如 114.7211。';
  if (!isWithin(lat, -90, 90)) return '请填纬度，例如 22.9538。';
  if (!Number.isInteger(radius_m) || !isWithin(radius_m, 5, 500)) return '半径应是 5 到 500 米的整数。';
  if (!Number.isInteger(every_days) || !isWithin(every_days, 1, 366)) return '几天一次应是 1 到 366 的整数。';
  return '';
}

export const told = ({ name, lon, lat, radius_m, every_days }) => ({
  name: name.trim(), lon: number(lon), lat: number(lat), radius_m: number(radius_m), every_days: number(every_days),
});
