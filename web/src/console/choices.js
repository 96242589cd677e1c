/** The words of the server a page chooses from: kinds with the limit each has in an area, states, lights. */
import { shallowRef, watch } from 'vue';
import { client } from './station.js';

/**
 * @param {string} path  @param {import('vue').Ref<string>} trouble  is told when they cannot be read
 * @param {() => string} area  code of the area whose limits hold; other words come when it changes
 */
export function useWords(path, trouble, area = () => '') {
  const words = shallowRef({});
  let turn = 0;
  watch(area, async (code) => {
    turn += 1;
    const mine = turn;
    try {
      const { data } = await client.get(path, { query: { area: code } });
      if (mine === turn) words.value = data;
    } catch (error) {
      if (mine === turn) trouble.value = error.message;
    }
  }, { immediate: true });
  return words;
}

/** @param {{label: string, limit: string | null}} kind */
export const spell = ({ label, limit }) => (limit ? `${label}（${limit}）` : label);
