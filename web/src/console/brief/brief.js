/** The daily brief being read, and its files. */
import { ref, shallowRef } from 'vue';
import { saveAnswer } from '@/shared/file/save.js';
import { client } from '../station.js';

const PATIENCE_S = 90;

export function useBrief() {
  const brief = shallowRef(null);
  const trouble = ref('');
  const saving = ref('');
  let turn = 0;

  /** Another day: the old numbers go at once. */
  async function open(day) {
    const mine = ++turn;
    brief.value = null;
    trouble.value = '';
    try {
      const { data } = await client.get('/reports/brief', { query: { day }, timeout_s: PATIENCE_S });
      if (mine === turn) brief.value = data;
    } catch (error) {
      if (mine === turn) trouble.value = error.message;
    }
  }

  /** @param {'pdf'|'xlsx'} form @returns a sentence of what went wrong, or nothing */
  async function save(day, form) {
    saving.value = form;
    try {
      saveAnswer(await client.get(`/reports/brief.${form}`, { query: { day }, as: 'blob', timeout_s: PATIENCE_S }), `日报-${day}.${form}`);
      return '';
    } catch (error) {
      return error.message;
    } finally {
      saving.value = '';
    }
  }

  return { brief, trouble, saving, open, save };
}
