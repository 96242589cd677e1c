/** Photos of what is being taken in, each with the form it belongs to; in memory only, so a reload loses them. */
import { computed, onScopeDispose, shallowRef } from 'vue';
import { urlOf } from '@/shared/photo/url.js';

/** @param {{client_id: string}} form  whose photos are shown */
export function useFormPhotos(form) {
  const all = shallowRef([]);
  const photos = computed(() => all.value.filter(({ of }) => of === form.client_id));

  /** @param {string} of  client_id of the form it was chosen for: another may be shown by now */
  function add(photo, of) {
    all.value = [...all.value, { ...photo, url: urlOf(photo.bytes), of }];
  }

  /** What is shown of a photo is held by the browser until it is let go. */
  function drop(some) {
    all.value = all.value.filter((one) => !some.includes(one));
    some.forEach(({ url }) => URL.revokeObjectURL(url));
  }
  onScopeDispose(() => drop(all.value));

  return { photos, add, drop };
}
