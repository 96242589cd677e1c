/** Keys of the working page; silent while somebody types or a dialog is open. */
import { onBeforeUnmount, onMounted } from 'vue';

/** @param {Object<string, () => void>} actions by key, letters in lower case */
export function useKeys(actions) {
  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) return;
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }
  onMounted(() => globalThis.addEventListener('keydown', press));
  onBeforeUnmount(() => globalThis.removeEventListener('keydown', press));
}

/** Enter on a button or a link is theirs; every key in a field or a dialog is. */
function isBusy(target) {
  return Boolean(target.closest?.('input, textarea, select, [contenteditable], [role="dialog"], .el-image-viewer__wrapper'));
}
