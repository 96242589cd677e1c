/** One thing sent at a time: busy while it is under way, and what went wrong in words. */
import { nextTick, ref } from 'vue';
import { encoding } from '@/shared/photo/encoding.js';

/** @param {{isBusy?: import('vue').Ref<boolean>, trouble?: import('vue').Ref<string>}} [shared]  refs a page has already */
export function useSending({ isBusy = ref(false), trouble = ref('') } = {}) {
  /**
   * Do it, unless something is under way.
   * @param {() => Promise<any>} work
   * @param {string} [objection]  why it cannot be done yet; shown instead of doing it
   * @returns {Promise<boolean>} was it done?
   */
  async function send(work, objection = '') {
    if (isBusy.value) return false;
    trouble.value = objection || (encoding.value ? '照片还在处理，请稍等一下再按。' : '');
    if (trouble.value) return false;
    isBusy.value = true;
    const pressed = globalThis.document?.activeElement;
    try {
      await work();
      return true;
    } catch (error) {
      trouble.value = error.message;
      return false;
    } finally {
      isBusy.value = false;
      nextTick(() => giveBack(pressed));
    }
  }
  return { isBusy, trouble, send };
}

/** A button that was out of use while it sent has lost the focus: whoever works by keys goes on where they were. */
function giveBack(pressed) {
  if (pressed?.isConnected && document.activeElement === document.body) pressed.focus();
}

/** What a form still lacks, as one sentence; empty when nothing. @param {(string|false|undefined)[]} missing names of fields */
export function stillMissing(missing) {
  const names = missing.filter(Boolean);
  return names.length ? `还没填：${names.join('、')}` : '';
}
