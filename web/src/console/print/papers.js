/** Papers of the server, handed over as files that any program prints. */
import { ref } from 'vue';
import { saveAnswer } from '@/shared/file/save.js';
import { ElMessage } from '../element.js';
import { client } from '../station.js';

const PATIENCE_S = 60;

export function usePapers() {
  const making = ref('');

  /** @param {string} path of the paper  @param {string} name of the file, should the server give none */
  async function take(path, name, query = {}) {
    if (making.value) return;
    making.value = path;
    try {
      saveAnswer(await client.get(path, { query, as: 'blob', timeout_s: PATIENCE_S }), name);
    } catch (error) {
      ElMessage({ type: 'error', message: error.message, grouping: true });
    } finally {
      making.value = '';
    }
  }
  return { making, take };
}
