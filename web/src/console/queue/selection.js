/** Which row is selected and where it stands, also after it has left the list; and the way to the next one. */
import { computed, ref, watch } from 'vue';

/**
 * @param {ReturnType<import('./list.js').useList>} list
 * @param {import('vue').ComputedRef<string>} selectedId  as the address has it
 * @param {(id: string) => any} select  puts another one there
 */
export function useSelection(list, selectedId, select) {
  const index = ref(-1);
  let picked = ''; // what was chosen in the queue, not on the map or by a link

  function find() {
    const at = list.pages.value.indexOf(selectedId.value);
    if (at >= 0) index.value = at;
  }
  watch([selectedId, list.pages, list.total], find);
  watch(() => list.hasLoaded.value, (has) => {
    if (!has) index.value = -1;
    else find();
  });

  function pick(id, at) {
    picked = id;
    index.value = at;
    return select(id);
  }

  /** The row at a place, or the last one if the list has become shorter. */
  async function goTo(at) {
    await list.settled();
    const last = list.total.value - 1;
    if (last < 0) {
      index.value = -1;
      return select('');
    }
    const place = Math.max(0, Math.min(last, at));
    const [row] = await list.rowsOf(place, place);
    return row && pick(row.id, place);
  }

  /** Some rows on; after a case has left the queue, on from where it stood. */
  async function stride(by) {
    await list.settled();
    const isThere = list.pages.value.indexOf(selectedId.value) >= 0;
    if (isThere || index.value < 0) return goTo(index.value < 0 ? 0 : index.value + by);
    return goTo(index.value + Math.min(by, 0));
  }

  return {
    selectedId, index: computed(() => index.value), pick, goTo, stride,
    current: () => ({ id: selectedId.value, index: index.value }),
    isWorking: () => picked === selectedId.value && index.value >= 0,
  };
}
