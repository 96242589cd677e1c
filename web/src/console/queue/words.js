/** Lists that filters and forms choose from: categories, areas, departments. Read once. */
import { computed, ref, shallowRef } from 'vue';
import { client } from '../station.js';

export const categories = shallowRef([]);
export const areas = shallowRef([]);
export const departments = shallowRef([]);
export const areasTrouble = ref('');
/** What maps draw: grids, and villages that have none yet. */
export const leaves = computed(() => areas.value.filter(({ level }) => ['grid', 'village'].includes(level.code)));
/** Where maps begin. */
export const gridCodes = computed(() => leaves.value.filter(({ level }) => level.code === 'grid').map(({ code }) => code));
let reading = null;

/** Several parts of a page may ask at once; it is read once. */
export function loadWords() {
  reading ??= readWords().finally(() => { reading = null; });
  return reading;
}

async function readWords() {
  areasTrouble.value = '';
  const read = async (path, target, query) => {
    target.value = (await client.get(path, { query })).data.items;
  };
  await Promise.all([
    read('/categories', categories), read('/departments', departments), read('/areas', areas, { geometry: 1, simplified: 1 }),
  ]).catch((error) => {
    areasTrouble.value = error.message;
  });
}
