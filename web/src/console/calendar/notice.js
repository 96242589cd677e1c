/** A notice about holidays on its way into the calendar: previewed, then confirmed. */
import { ref, shallowRef } from 'vue';
import { tableType } from '@/shared/file/type.js';
import { client } from '../station.js';

export function useNotice() {
  const draft = shallowRef(null);
  const trouble = ref('');
  const isBusy = ref(false);
  let etag = null;

  async function work(does) {
    isBusy.value = true;
    trouble.value = '';
    try {
      return await does();
    } catch (error) {
      trouble.value = error.message;
      return null;
    } finally {
      isBusy.value = false;
    }
  }

  /** @param {File} file @param {string} source title of the notice */
  const preview = (file, source) => work(async () => {
    draft.value = null;
    const query = { name: file.name, source };
    const { data } = await client.post('/calendar/imports', undefined, { bytes: file, type: tableType(file.name), query, timeout_s: 60 });
    const answer = await client.get(`/calendar/imports/${data.id}`);
    draft.value = answer.data;
    etag = answer.etag;
  });

  const confirm = () => work(async () => {
    const answer = await client.post(`/calendar/imports/${draft.value.id}/confirm`, undefined, { ifMatch: etag, timeout_s: 60 });
    draft.value = answer.data;
    etag = answer.etag;
    return answer.data;
  });

  function drop() {
    draft.value = null;
    trouble.value = '';
  }

  return { draft, trouble, isBusy, preview, confirm, drop };
}
