/** Lists that filters and forms choose from: categories, areas, departments. Read once. */
import { ref, shallowRef } from 'vue';
import { client } from '../station.js';

export const categories = shallowRef([]);
export const areas = shallowRef([]);
export const departments = shallowRef([]);
export const areasTrouble = ref('');

export async function loadWords() {
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
