/** Words pasted into a field and read at once; what comes while others are read is read after them. */
import { ref } from 'vue';
import { useSending } from '../sending.js';

/** @param {(text: string) => Promise<void>} take  reads them */
export function usePaste(take) {
  const text = ref('');
  const { trouble, send } = useSending();

  /** Words that could not be read stay in the field. */
  async function read() {
    const told = text.value;
    if (told.trim().length < 2) return;
    const isRead = await send(async () => {
      await take(told);
      text.value = text.value.replace(told, '');
    });
    if (isRead) await read();
  }

  return { text, trouble, read };
}
