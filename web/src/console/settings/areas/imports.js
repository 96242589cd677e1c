/** A file of regions or grids on its way into the net, with what it draws. */
import { computed, shallowRef } from 'vue';
import { tableType } from '@/shared/file/type.js';
import { client } from '../../station.js';
import { useImport } from '../imports.js';

const PATIENCE_S = 60;

/** @param {'regions'|'grids'} kind */
export function useAreaImport(kind) {
  const path = `/areas/${kind}`;
  const isGrids = kind === 'grids';
  const drawing = shallowRef([]);
  const { found, lines, trouble, doing, upload, confirm } = useImport(path, {
    typeOf: ({ name }) => (isGrids ? 'application/geo+json' : tableType(name)),
    also: async (id) => {
      drawing.value = isGrids ? (await client.get(`${path}/imports/${id}/map`, { timeout_s: PATIENCE_S })).data.features : [];
    },
  });

  /** @param {File} file @param {string} datum of its numbers; empty: the file says it */
  const preview = (file, datum) => upload(file, isGrids ? { datum } : {});

  /** What the file draws, named as its lines are; and what is wrong with it. */
  const outlines = computed(() => {
    const labels = new Map(lines.value.map((line) => [line.number, line]));
    const hasGrids = drawing.value.some(({ properties }) => properties.level === 'grid');
    return drawing.value
      .filter(({ properties }) => properties.number && (properties.level === 'grid' || !hasGrids || properties.level === 'village'))
      .map(({ properties, geometry }) => {
        const line = labels.get(properties.number);
        return { code: String(properties.number), name: line?.label || line?.place || '', level: { code: properties.level }, boundary: geometry };
      });
  });
  const flaws = computed(() => drawing.value.filter(({ properties }) => properties.flaw));

  return { draft: found, lines, outlines, flaws, trouble, doing, preview, confirm };
}
