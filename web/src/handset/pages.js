/** A list of the server, page by page where it has pages: `{items, next?}` with `?after=`. */
import { ref } from 'vue';
import { client } from './field.js';

export function usePages(path, query = () => ({})) {
  const items = ref([]);
  const trouble = ref('');
  const isLoading = ref(false);
  const isDone = ref(true);
  const hasLoaded = ref(false);
  let next = null;

  async function load(after) {
    isLoading.value = true;
    trouble.value = '';
    try {
      const { data } = await client.get(path, { query: { ...query(), after } });
      items.value = after ? [...items.value, ...data.items] : data.items;
      next = data.next ?? null;
      isDone.value = !next;
      hasLoaded.value = true;
      return data;
    } catch (error) {
      trouble.value = error.message;
      isDone.value = true;
      return null;
    } finally {
      isLoading.value = false;
    }
  }

  return { items, trouble, isLoading, isDone, hasLoaded, reload: () => load(), more: () => next && load(next) };
}
