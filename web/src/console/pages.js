/** A list of the server: filtered, page after page. */
import { reactive, ref, shallowRef } from 'vue';
import { client } from './station.js';

const PAGE = 50;

/** @param {string} path  @param {object} noFilters what is sent when nothing is chosen */
export function usePages(path, noFilters) {
  const items = shallowRef([]);
  const next = ref(null);
  const trouble = ref('');
  const isBusy = ref(false);
  const filters = reactive({ ...noFilters });
  let turn = 0;

  async function load(after = '') {
    turn += 1;
    const mine = turn;
    isBusy.value = true;
    trouble.value = '';
    try {
      const { data } = await client.get(path, { query: { ...filters, after, limit: PAGE } });
      if (mine !== turn) return;
      items.value = after ? [...items.value, ...data.items] : data.items;
      next.value = data.next;
    } catch (error) {
      if (mine === turn) trouble.value = error.message;
    } finally {
      if (mine === turn) isBusy.value = false;
    }
  }
  const more = () => load(next.value);
  return { items, next, trouble, isBusy, filters, load, more };
}
