/** Is the page as narrow as a phone? Then it shows one thing at a time: the list, or the case. */
import { onBeforeUnmount, ref } from 'vue';

const QUERY = '(max-width: 700px)';

export function useNarrow() {
  const media = globalThis.matchMedia(QUERY);
  const isNarrow = ref(media.matches);
  const follow = () => { isNarrow.value = media.matches; };
  media.addEventListener('change', follow);
  onBeforeUnmount(() => media.removeEventListener('change', follow));
  return isNarrow;
}
