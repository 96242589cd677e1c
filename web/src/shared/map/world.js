/** The map as a plane, in the pixels it has at zoom 0, where the whole world is 256 wide (EPSG:3857, y downwards). */
const WIDTH = 256;

/** @returns {[number, number]} */
export function world(lon, lat) {
  const sin = Math.sin((lat * Math.PI) / 180);
  return [WIDTH * (lon / 360 + 0.5), WIDTH * (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI))];
}

/** Pixels at a zoom for one of the plane's. */
export const scaleAt = (zoom) => 2 ** zoom;

/** @typedef {{x0: number, y0: number, x1: number, y1: number}} Box */

export const touches = (one, other) => one.x0 <= other.x1 && one.x1 >= other.x0 && one.y0 <= other.y1 && one.y1 >= other.y0;

/** What a map shows and a margin around it, in shares of its size. @returns {Box} */
export function viewOf(map, margin = 0) {
  const bounds = map.getPixelBounds();
  const size = bounds.getSize().multiplyBy(margin);
  const scale = scaleAt(map.getZoom());
  const [min, max] = [bounds.min.subtract(size).divideBy(scale), bounds.max.add(size).divideBy(scale)];
  return { x0: min.x, y0: min.y, x1: max.x, y1: max.y };
}
