/** The net as it is: all areas with their outlines. */
import { computed, ref, shallowRef } from 'vue';
import { client } from '../../station.js';

const LEAVES = ['grid', 'village', 'community'];

export function useNet() {
  const areas = shallowRef([]);
  const trouble = ref('');
  const isReading = ref(true);

  async function load() {
    isReading.value = true;
    trouble.value = '';
    try {
      areas.value = (await client.get('/areas', { query: { geometry: 1 }, timeout_s: 60 })).data.items;
    } catch (error) {
      if (error.status !== 422) trouble.value = error.message; // 422: nothing has been imported yet
    } finally {
      isReading.value = false;
    }
  }

  /** What the map shows: grids, and where there are none, the community or village itself. */
  const leaves = computed(() => {
    const parents = new Set(areas.value.filter(({ level }) => level.code === 'grid').map(({ parent }) => parent));
    return areas.value.filter(({ level, code, boundary }) => boundary && LEAVES.includes(level.code) && !parents.has(code));
  });

  return { areas, leaves, trouble, isReading, load };
}
