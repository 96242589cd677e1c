/** The queues the caller works and the list being looked at: as long as it is, read where one looks, kept fresh. */
import { computed, reactive, ref, shallowRef, triggerRef, watch } from 'vue';
import { client } from '../station.js';
import { asked, emptyFilters, read } from './filters.js';
import { paced } from './pace.js';
import { createPages } from './pages.js';
import { wanted } from './view.js';

const PAGE = 100;
const AT_ONCE = 3; // requests for pages
const KEPT = 20; // pages to each side of the window
const COUNT_MS = 2000;
const FEW = 100; // changed cases that are worth asking for one by one

export function useList() {
  const queues = ref([]);
  const queue = ref('');
  const filters = reactive(emptyFilters());
  const pages = shallowRef(createPages({ total: 0, every: PAGE, marks: [] }, 'due'));
  const isCut = ref(false);
  const trouble = ref('');
  const readAt = ref(null);
  const hasLoaded = ref(false);
  const query = computed(() => asked(queue.value, filters));
  /** The same without an order, for what shows all of it at once. */
  const where = computed(() => Object.fromEntries(Object.entries(query.value).filter(([name]) => name !== 'sort')));
  const total = computed(() => pages.value.total());
  const items = computed(() => pages.value.read());
  let turn = 0;
  let isChosen = false;
  let sight = { first: 0, count: 25, direction: 1 };
  const loading = new Set();
  const left = shallowRef([]); // ids of those that were just found to belong here no more
  const stamp = ref(0); // another one whenever rows came, went or were read

  function touch() {
    triggerRef(pages);
    stamp.value += 1;
  }

  const readPage = async ({ after, until }) => {
    const { data } = await client.get('/events', { query: { ...query.value, after, until, limit: PAGE } });
    return data.items;
  };

  async function readQueues() {
    queues.value = (await client.get('/queues')).data.items;
  }

  let reading = null; // the latest reading of everything, while it is under way

  function reload() {
    const mine = readAll().finally(() => {
      if (reading === mine) reading = null;
    });
    reading = mine;
    return mine;
  }

  /** All anew: the counts, the marks, and the pages in sight; then they take the place of the old ones at once. */
  async function readAll() {
    turn += 1;
    const mine = turn;
    try {
      const [, marks] = await Promise.all([readQueues(), client.get('/events/marks', { query: query.value })]);
      const next = createPages(marks.data, query.value.sort);
      const place = { ...sight, first: Math.min(sight.first, Math.max(0, next.total() - sight.count)) };
      await Promise.all(wanted(next, place).slice(0, AT_ONCE).map(async (n) => next.put(n, await readPage(next.pages[n]))));
      if (mine !== turn) return;
      pages.value = next;
      stamp.value += 1;
      isCut.value = marks.data.cut;
      loading.clear();
      settle();
      hasLoaded.value = true;
    } catch (error) {
      if (mine === turn) trouble.value = error.message;
    }
  }

  function settle() {
    readAt.value = new Date();
    trouble.value = '';
  }

  /** Somebody looks at these rows: read what is missing of them, and what comes next. */
  function look(first, count) {
    sight = { first, count, direction: first < sight.first ? -1 : 1 };
    pump();
  }

  function pump() {
    const all = pages.value;
    const missing = wanted(all, sight, sight.direction).filter((n) => !loading.has(all.pages[n]));
    for (const n of missing.slice(0, Math.max(0, AT_ONCE - loading.size))) fetchPage(all, n);
  }

  async function fetchPage(all, n) {
    const page = all.pages[n];
    loading.add(page);
    try {
      const rows = await readPage(page);
      if (all !== pages.value) return;
      all.put(n, rows);
      all.thin([all.pageOf(sight.first), n], KEPT);
      settle();
      touch();
    } catch (error) {
      if (all === pages.value) trouble.value = error.message;
    } finally {
      loading.delete(page);
      if (all === pages.value && !trouble.value) pump();
    }
  }

  /** Rows that are needed whoever looks: from one to another, both included. */
  async function rowsOf(from, to) {
    const all = pages.value;
    for (let n = all.pageOf(from); n <= all.pageOf(to); n += 1) if (!all.pages[n].rows) await fetchPage(all, n);
    const found = [];
    for (let index = from; index <= to; index += 1) found.push(all.at(index));
    return found.filter(Boolean);
  }

  /** The counts; and, where what moved cannot be placed among what was read, everything. */
  let isLoose = false;
  const recount = paced(async () => {
    const isWhole = isLoose || pages.value.pages.length > 1;
    isLoose = false;
    if (isWhole) await reload();
    else await readQueues().catch((error) => { trouble.value = error.message; });
  }, COUNT_MS);

  /**
   * These cases changed: asked for again, put where they belong now or taken out; what is in sight stays in sight.
   * @param {string[]} ids
   */
  async function refresh(ids) {
    while (reading) await reading; // it may have read them before they changed
    if (!hasLoaded.value || ids.length > FEW) return reload();
    if (!ids.length) return undefined;
    const mine = turn;
    try {
      const { data } = await client.get('/events', { query: { ...query.value, ids: ids.join(','), limit: FEW } });
      if (mine !== turn) return refresh(ids);
      const all = pages.value;
      ids.forEach((id) => all.remove(id));
      for (const row of data.items) if (!all.insert(row)) isLoose = true;
      left.value = ids.filter((id) => data.items.every((row) => row.id !== id));
      settle();
      touch();
    } catch (error) {
      if (mine === turn) trouble.value = error.message;
    }
    recount.ask();
    return undefined;
  }

  /** Another queue or filter: the old rows go at once, so that nothing wrong is clicked. */
  function change() {
    isChosen = true;
    hasLoaded.value = false;
    sight = { first: 0, count: 25, direction: 1 };
    pages.value = createPages({ total: 0, every: PAGE, marks: [] }, query.value.sort);
    return reload();
  }

  /** When the list stands there, or could not be read. */
  function settled() {
    if (hasLoaded.value || trouble.value) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = watch([hasLoaded, trouble], () => {
        stop();
        resolve();
      });
    });
  }

  /** Queue and filters as an address or a saved view has them. */
  function apply(told) {
    const wish = read(told);
    queue.value = wish.queue;
    Object.assign(filters, wish.filters);
    return change();
  }

  /** The first time: what is told, else the first queue that has work, else everything. */
  async function open(told) {
    if (told) return apply(told);
    try {
      await readQueues();
      if (isChosen) return undefined; // somebody was quicker
      queue.value = (queues.value.find(({ count }) => count) ?? queues.value[0])?.code ?? '';
    } catch (error) {
      trouble.value = error.message;
    }
    return reload();
  }

  return {
    queues, queue, filters, query, where, pages, items, total, stamp, left, isCut, trouble, readAt, hasLoaded,
    look, rowsOf, reload, refresh, change, settled, apply, open, isChosen: () => isChosen, stop: recount.stop,
  };
}
