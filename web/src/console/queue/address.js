/**
 * Queue and filters stand in the address beside the case, so that a reload, the way back and a link show the same.
 * An address that says nothing of them leaves them as they are; a tab that has none begins where it was last.
 */
import { watch } from 'vue';
import { onBeforeRouteLeave, onBeforeRouteUpdate } from 'vue-router';
import { isSame, keep, kept } from './filters.js';

export function useAddress(list, route, router) {
  /** Open a case, or none. */
  const select = (id) => router.push({ path: id ? `/events/${id}` : '/', query: list.query.value });
  const isTold = (query) => Object.keys(query).length > 0;
  let isOpen = false;
  let isLeaving = false; // while the next page is still being loaded, the address is not ours to write

  async function open() {
    const opening = list.open(isTold(route.query) ? route.query : kept());
    // What was told is set by now; where nothing was, the first queue that has work is looked for.
    if (!list.isChosen()) await opening;
    isOpen = true;
    write(list.query.value);
    await opening;
  }

  function write(query) {
    keep(query);
    if (!isLeaving && route.meta.section === 'desk' && !isSame(route.query, query)) router.replace({ path: route.path, query });
  }

  onBeforeRouteLeave(() => { isLeaving = true; });
  onBeforeRouteUpdate(() => { isLeaving = false; }); // somebody thought better of it
  watch(list.query, (query) => isOpen && write(query));
  watch(() => route.query, (query) => {
    if (!isOpen || route.meta.section !== 'desk') return;
    if (!isTold(query)) write(list.query.value);
    else if (!isSame(query, list.query.value)) list.apply(query);
  });

  return { open, select };
}
