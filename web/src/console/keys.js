/** Keys of the working page; silent while somebody types or a dialog is open. */
import { onBeforeUnmount, onMounted } from 'vue';
import { KEYMAP } from './keymap.js';

/** The name of what was pressed: letters in lower case, Shift before letters only. */
export function chord({ key, shiftKey }) {
  if (!/^[a-z]$/i.test(key)) return key;
  return (shiftKey ? 'Shift+' : '') + key.toLowerCase();
}

/** @param {Object<string, (key: string) => void>} actions  by `act` of the table, those a page knows; told which key it was */
export function useKeys(actions) {
  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isBusy(event.target)) return;
    const key = chord(event);
    const row = KEYMAP.find(({ keys, within }) => keys.includes(key) && (!within || event.target.closest?.(within)));
    if (!actions[row?.act] || (key === 'Enter' && isControl(event.target))) return;
    event.preventDefault();
    actions[row.act](key);
  }
  onMounted(() => globalThis.addEventListener('keydown', press));
  onBeforeUnmount(() => globalThis.removeEventListener('keydown', press));
}

/** Every key in a field or a dialog is theirs. */
function isBusy(target) {
  return Boolean(target.closest?.('input, textarea, select, [contenteditable], [role="dialog"]'));
}

/** Enter on a button or a link presses it. */
const isControl = (target) => Boolean(target.closest?.('button, a, summary'));
