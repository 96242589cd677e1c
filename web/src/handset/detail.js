/** One thing in full: from the server when it answers, else as the phone knows it. */
import { ref } from 'vue';
import { client } from './field.js';

/** @param {() => string} path  @param {() => object|undefined} local the row on the phone */
export function useDetail(path, local) {
  const item = ref(null);
  const trouble = ref('');
  /** Shown from the phone's own rows, perhaps of some time ago. */
  const isLocal = ref(false);

  async function load() {
    trouble.value = '';
    item.value ??= local() ?? null;
    isLocal.value = Boolean(item.value);
    try {
      item.value = (await client.get(path())).data;
      isLocal.value = false;
    } catch (error) {
      trouble.value = error.message;
    }
  }

  return { item, trouble, isLocal, load };
}
