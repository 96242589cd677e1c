/** A walk as a map draws it: lines where it is known, and the gaps between them, never drawn as lines. */

/**
 * @param {number[][][]} segments runs of [lon, lat, t_ms], as the server tells a day
 * @returns {{lines: object[][], gaps: [object, object][]}}
 */
export function walkOf(segments) {
  const lines = segments.map((segment) => segment.map(([lon, lat, t_ms]) => ({ lon, lat, t_ms })));
  return { lines, gaps: gapsOf(lines) };
}

/** From the end of each line to the beginning of the next. */
export const gapsOf = (lines) => lines.slice(1).map((line, at) => [lines[at][lines[at].length - 1], line[0]]);
