/** Metres between two points in (lon, lat) degrees; exact enough for what a person walks. */
const M_PER_DEGREE = 111_195;

export function distance_m(a, b) {
  const y = (b.lat - a.lat) * M_PER_DEGREE;
  const x = (b.lon - a.lon) * M_PER_DEGREE * Math.cos(((a.lat + b.lat) / 2) * (Math.PI / 180));
  return Math.hypot(x, y);
}
