/** The areas as rows of a tree: indented by depth, closed branches left out, filtered by words. */

/**
 * @param {{code: string, name: string, level: {code: string, label: string}, parent: string|null, boundary?: object}[]} areas
 * @param {Set<string>} open codes of the branches that are open
 * @param {string} words parts of name or code; what they find is shown with all that is above it
 */
export function rowsOf(areas, open, words = '') {
  const below = childrenOf(areas);
  const wanted = words.trim() ? foundWith(areas, words.trim()) : null;
  const rows = [];
  const walk = (code, depth) => (below.get(code) ?? []).forEach((area) => {
    if (wanted && !wanted.has(area.code)) return;
    const count = below.get(area.code)?.length ?? 0;
    const isOpen = wanted ? true : open.has(area.code);
    rows.push({ ...area, depth, count, isOpen });
    if (isOpen) walk(area.code, depth + 1);
  });
  walk(null, 0);
  return rows;
}

/** Branches open at first: everything above the communities. */
export const openAtFirst = (areas) => new Set(
  areas.filter(({ level }) => !['community', 'village', 'grid'].includes(level.code)).map(({ code }) => code));

/** An area and all that lies below it, for the map. */
export function within(areas, code) {
  const below = childrenOf(areas);
  const own = areas.filter((area) => area.code === code);
  const deeper = (below.get(code) ?? []).flatMap((area) => within(areas, area.code));
  return [...own, ...deeper];
}

function childrenOf(areas) {
  const known = new Set(areas.map(({ code }) => code));
  const below = new Map();
  areas.forEach((area) => {
    const parent = known.has(area.parent) ? area.parent : null;
    below.set(parent, [...(below.get(parent) ?? []), area]);
  });
  below.forEach((children) => children.sort((a, b) => (a.code < b.code ? -1 : 1)));
  return below;
}

function foundWith(areas, words) {
  const byCode = new Map(areas.map((area) => [area.code, area]));
  const found = new Set();
  areas.filter(({ code, name }) => name.includes(words) || code.startsWith(words)).forEach((area) => {
    for (let at = area; at && !found.has(at.code); at = byCode.get(at.parent)) found.add(at.code);
  });
  return found;
}
