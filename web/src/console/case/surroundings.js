/** What stands beside the open case: reporter, nearby cases, things, duties. A failure leaves the case as it is. */
import { shallowRef, watch } from 'vue';
import { client } from '../station.js';

/** @param {() => object | null} event @returns a ref: null until it is known */
export function useSurroundings(event) {
  const found = shallowRef(null);
  watch(() => event()?.id, () => { found.value = null; });
  watch(() => [event()?.id, event()?.version], async ([id]) => {
    if (!id) return;
    const answer = await client.get(`/events/${id}/surroundings`).catch(() => null);
    if (answer && event()?.id === id) found.value = answer.data;
  }, { immediate: true });
  return found;
}
