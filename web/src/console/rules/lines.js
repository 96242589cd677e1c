/** The rows of a preview on a page: those of one fate or those worth a look, some at a time, and which are chosen. */
import { computed, ref, watch } from 'vue';
import { isDiffering, toggled, wishes } from './choice.js';

const PAGE = 200;
const DIFFERING = 'differing';

/** @param {{lines: object[], counts: object[], chosen: Set<number>}} props @param {Function} emit of update:chosen */
export function useLines(props, emit) {
  const differing = props.lines.filter(isDiffering);
  const fate = ref(differing.length ? DIFFERING : '');
  const size = ref(PAGE);
  const chips = computed(() => [{ code: DIFFERING, label: '要看的', count: differing.length }, ...props.counts]);
  const all = computed(() => {
    if (fate.value === DIFFERING) return differing;
    return props.lines.filter((line) => !fate.value || line.fate.code === fate.value);
  });
  const shown = computed(() => all.value.slice(0, size.value));
  const hidden = computed(() => all.value.length - shown.value.length);
  const numbers = computed(() => wishes(all.value));
  const isAll = computed(() => numbers.value.length > 0 && numbers.value.every((number) => props.chosen.has(number)));
  const toggle = (some) => emit('update:chosen', toggled(props.chosen, some));
  watch(fate, () => { size.value = PAGE; });
  return { fate, chips, shown, hidden, numbers, isAll, toggle, showMore: () => { size.value += PAGE; } };
}
