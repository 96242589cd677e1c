/** The server's chart options in our type and measures. The finding stands above the chart, not in it. */

const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", sans-serif';
const INK = '#1f2328';
const ROW = 26;
const blank = ({ value }) => (value ? String(value) : '');

/** @param {{option: object, geojson: object|null}} section */
export function chartOption({ option, geojson }) {
  const { title, ...rest } = option;
  const isLegendNeeded = !geojson && option.series.length > 1;
  return {
    ...rest,
    animation: false,
    textStyle: { fontFamily: FONT, color: INK },
    // Plain text: names come from data and must not be read as HTML.
    tooltip: { ...option.tooltip, renderMode: 'richText', ...(geojson && { formatter: areaWords }) },
    ...(isLegendNeeded && { legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 12 } }),
    ...(option.visualMap && { visualMap: { ...option.visualMap, backgroundColor: '#f6f8fa', padding: 6 } }), // or a white piece is not seen
    ...(option.grid && { grid: { ...option.grid, top: isLegendNeeded ? 32 : 24 } }),
    series: option.series.map((one) => (geojson ? area(one, geojson) : bar(one))),
  };
}

/** How high a chart stands: rows of bars by their number. */
export function chartHeight_px({ option, geojson }) {
  if (geojson) return 380;
  const { data, type } = option.yAxis ?? {};
  return type === 'category' ? 56 + ROW * data.length : 220;
}

export const areaWords = ({ data, name, value }) => `${data?.text ?? name}　${Number.isFinite(value) ? value : 0}件`;

/** Words that lie on a bar get a white ground of their own. */
function bar(one) {
  const ground = one.stack && { backgroundColor: '#fff', borderRadius: 3, padding: [1, 4] };
  return { ...one, barMaxWidth: 18, label: { color: INK, ...ground, ...one.label, formatter: blank } };
}

function area(one, geojson) {
  return {
    ...one, aspectScale: aspect(geojson), top: 8, bottom: 40, selectedMode: false,
    itemStyle: { borderColor: '#8c959f', borderWidth: 0.5, areaColor: '#fff' },
    emphasis: { label: { show: false }, itemStyle: { areaColor: null, borderColor: '#0b5cad', borderWidth: 2 } },
  };
}

/** A degree of longitude in degrees of latitude, in the middle of the map. */
export function aspect({ features }) {
  const lats = features.flatMap(({ geometry }) => geometry.coordinates.flat(geometry.type === 'MultiPolygon' ? 2 : 1)).map(([, lat]) => lat);
  if (!lats.length) return 1;
  const [low, high] = lats.reduce(([a, b], lat) => [Math.min(a, lat), Math.max(b, lat)], [90, -90]);
  return Math.cos(((low + high) / 2) * (Math.PI / 180));
}
