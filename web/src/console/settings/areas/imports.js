/** A file of regions or grids on its way into the net: previewed, then confirmed. */
import { computed, ref, shallowRef } from 'vue';
import { tableType } from '@/shared/file/type.js';
import { uuid } from '@/shared/uuid.js';
import { client } from '../../station.js';

const PAGE = 500;
const PATIENCE_S = 120;

/** @param {'regions'|'grids'} kind */
export function useAreaImport(kind) {
  const base = `/areas/${kind}/imports`;
  const draft = shallowRef(null);
  const lines = shallowRef([]);
  const drawing = shallowRef([]);
  const trouble = ref('');
  const doing = ref('');
  let etag = null;

  async function work(name, does) {
    doing.value = name;
    trouble.value = '';
    try {
      return await does();
    } catch (error) {
      trouble.value = error.message;
      return null;
    } finally {
      doing.value = '';
    }
  }

  /** @param {File} file @param {string} datum of its numbers; empty: the file says it */
  const preview = (file, datum) => work('preview', async () => {
    draft.value = null;
    const type = kind === 'grids' ? 'application/geo+json' : tableType(file.name);
    const query = { name: file.name, datum };
    const { data } = await client.post(base, undefined, { bytes: file, type, query, timeout_s: PATIENCE_S });
    const answer = await client.get(`${base}/${data.id}`);
    lines.value = await readLines(data.id);
    drawing.value = kind === 'grids' ? (await client.get(`${base}/${data.id}/map`, { timeout_s: 60 })).data.features : [];
    draft.value = answer.data;
    etag = answer.etag;
  });

  async function readLines(id) {
    const found = [];
    for (let after = 0; after !== null;) {
      const { data } = await client.get(`${base}/${id}/lines`, { query: { after, limit: PAGE } });
      found.push(...data.items);
      after = data.next;
    }
    return found;
  }

  const confirm = () => work('confirm', async () => {
    const answer = await client.post(`${base}/${draft.value.id}/confirm`, {}, {
      ifMatch: etag, idempotencyKey: uuid(), timeout_s: PATIENCE_S });
    draft.value = answer.data;
    etag = answer.etag;
    return answer.data;
  });

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

  return { draft, lines, outlines, flaws, trouble, doing, preview, confirm };
}
