/** What the keys of the table do on the working page. */
import { watch } from 'vue';
import { ElMessage } from './element.js';
import { useKeys } from './keys.js';
import { KEYMAP } from './keymap.js';
import { ALL } from './queue/filters.js';

/** Steps of the case behind a key; the first that is offered is taken. */
const STEPS = {
  file: ['file'],
  dispatch: ['dispatch', 'arbitrate', 'send_check', 'send_verify'],
  return: ['send_back', 'refer_back', 'return', 'redo', 'rework'],
  merge: ['merge'],
  undo: ['recall', 'recall_check', 'recall_verify', 'split'],
};
const LEAPS = { ArrowDown: () => 1, ArrowUp: () => -1, PageDown: (rows) => rows, PageUp: (rows) => -rows };

export function useDeskKeys({ list, dossier, selection, pane, queuePane, topBar, isHelpOpen, doneId, open }) {
  const wordsOf = (act) => KEYMAP.find((row) => row.act === act).words.split('，')[0];
  const tell = (message) => ElMessage({ type: 'info', message, grouping: true });

  /** With the case that is selected, as soon as it was read; not with another that was chosen meanwhile. */
  function withCase(work) {
    const id = selection.selectedId.value;
    if (!id) return tell('先选一件事：按 J。');
    if (dossier.event.value?.id === id) return work(dossier.event.value);
    const stop = watch([dossier.event, selection.selectedId], () => {
      if (dossier.event.value?.id === id) work(dossier.event.value);
      if (dossier.event.value || selection.selectedId.value !== id) stop();
    }, { flush: 'post' });
    return undefined;
  }

  const begin = (act) => withCase(({ steps, state }) => {
    if (steps.some(({ action }) => STEPS[act].includes(action))) return pane.value.begin(...STEPS[act]);
    if (act === 'merge') return tell('附近没有相似的事件可以并。');
    return tell(`这件事${state.label}，现在不能${wordsOf(act)}。`);
  });

  /** What was just done has made way for the next case: back to it. */
  async function undo() {
    const isHere = dossier.event.value?.steps.some(({ action }) => STEPS.undo.includes(action));
    if (!isHere && doneId.value) await open(doneId.value);
    begin('undo');
  }

  function leap(key) {
    if (key === 'Home') return selection.goTo(0);
    if (key === 'End') return selection.goTo(list.total.value - 1);
    return selection.stride(LEAPS[key](queuePane.value.rowsInSight()));
  }

  useKeys({
    next: () => selection.stride(1),
    previous: () => selection.stride(-1),
    stride: leap,
    open: () => pane.value.focus(),
    back: () => queuePane.value.focus(),
    advance: () => withCase(() => pane.value.advance()),
    file: () => begin('file'),
    dispatch: () => begin('dispatch'),
    return: () => begin('return'),
    merge: () => begin('merge'),
    undo,
    print: () => withCase(() => pane.value.print?.()),
    tick: () => queuePane.value.tick(),
    range: () => queuePane.value.range(),
    bulk: () => queuePane.value.bulk(),
    queue: (key) => queuePane.value.queue(Number(key)),
    everything: () => queuePane.value.changeQueue(ALL),
    search: () => topBar.value.focus(),
    views: () => queuePane.value.views(),
    help: () => { isHelpOpen.value = true; },
  });
}
