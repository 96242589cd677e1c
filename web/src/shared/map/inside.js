/** Is a point inside a GeoJSON Polygon or MultiPolygon? (lon, lat) degrees, even-odd rule. */
export function isInside({ lon, lat }, geometry) {
  if (!geometry) return false;
  const polygons = geometry.type === 'MultiPolygon' ? geometry.coordinates : [geometry.coordinates];
  return polygons.some(([shell, ...holes]) => isInRing(lon, lat, shell) && !holes.some((hole) => isInRing(lon, lat, hole)));
}

function isInRing(lon, lat, ring) {
  let isIn = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [x1, y1] = ring[i];
    const [x2, y2] = ring[j];
    if (y1 > lat !== y2 > lat && lon < ((x2 - x1) * (lat - y1)) / (y2 - y1) + x1) isIn = !isIn;
  }
  return isIn;
}
