/** How many photos were chosen and are not ready yet: nothing that may wait for them is sent meanwhile. */
import { ref } from 'vue';

export const encoding = ref(0);

/** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
export async function whileEncoding(work) {
  encoding.value += 1;
  try {
    return await work();
  } finally {
    encoding.value -= 1;
  }
}
