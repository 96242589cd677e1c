/** The rows that are ticked for a step taken together: one by one, from one to another, or all as far as may be. */
import { ref, watch } from 'vue';

/** As many cases as the server takes at once. */
export const MOST = 100;

/** @param {ReturnType<import('./list.js').useList>} list */
export function useTicks(list) {
  /** By id, as they were last seen, in the order of ticking. */
  const ticked = ref(new Map());
  /** Ids of those that left the list since, by somebody else's hand as a rule. */
  const gone = ref([]);
  let last = -1;

  function change(work) {
    const next = new Map(ticked.value);
    work(next);
    ticked.value = next;
  }

  function one(index) {
    const row = list.pages.value.at(index);
    if (!row) return;
    last = index;
    change((next) => next.delete(row.id) || next.set(row.id, row));
  }

  /** From the row ticked last to this one; how many of them were too many. */
  async function range(index) {
    const from = last < 0 ? index : last;
    const [low, high] = [Math.min(from, index), Math.max(from, index)];
    return add(low, high);
  }

  /** From the top of the list. */
  const all = () => add(0, list.total.value - 1);

  async function add(low, high) {
    const rows = await list.rowsOf(low, Math.min(high, low + MOST - 1));
    change((next) => rows.forEach((row) => next.set(row.id, row)));
    last = high;
    return Math.max(0, high - low + 1 - MOST);
  }

  /** What the list says of them now is what is sent; what left it keeps its place until it was answered for. */
  function renew() {
    if (!ticked.value.size) return;
    const now = new Map(list.items.value.map((row) => [row.id, row]));
    change((next) => next.forEach((row, id) => next.set(id, now.get(id) ?? row)));
  }

  function note(left) {
    const now = new Set(list.items.value.map(({ id }) => id));
    gone.value = [...ticked.value.keys()].filter((id) => !now.has(id) && (left.includes(id) || gone.value.includes(id)));
  }
  watch(list.left, note);
  // What was read anew is not all there is: of those that are not in it the list asks whether they are still its own.
  watch(list.pages, (pages, before) => {
    if (pages === before || !list.hasLoaded.value) return;
    const missing = [...ticked.value.keys()].filter((id) => pages.indexOf(id) < 0);
    if (missing.length) list.refresh(missing);
  });

  /** Without those that left. */
  function drop() {
    change((next) => gone.value.forEach((id) => next.delete(id)));
    gone.value = [];
  }

  function clear() {
    ticked.value = new Map();
    gone.value = [];
    last = -1;
  }

  return { ticked, gone, one, range, all, renew, drop, clear };
}
