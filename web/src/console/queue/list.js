/** The queues the caller works and the events of the one being looked at, kept fresh. */
import { computed, reactive, ref } from 'vue';
import { client } from '../station.js';

const PAGE = 50;
export const emptyFilters = () => ({ q: '', overdue: '', category: '', area: '', department: '', reported: null });

export function useList() {
  const queues = ref([]);
  const queue = ref('');
  const filters = reactive(emptyFilters());
  const items = ref([]);
  const next = ref(null);
  const trouble = ref('');
  const readAt = ref(null);
  const hasLoaded = ref(false);
  let turn = 0;

  const query = computed(() => {
    const { reported, ...rest } = filters;
    const [from, to] = reported ?? [];
    return { ...rest, queue: queue.value, reported_from: from && `${from}T00:00:00+08:00`, reported_to: to && `${to}T23:59:59+08:00` };
  });

  /** Queues and events again, as many as stand there. A later call overtakes an earlier one; a failure leaves what stands there. */
  async function reload() {
    const mine = ++turn;
    const size = Math.min(100, Math.max(PAGE, items.value.length));
    try {
      const [counted, listed] = await Promise.all([
        client.get('/queues'), client.get('/events', { query: { ...query.value, limit: size } }),
      ]);
      if (mine !== turn) return;
      queues.value = counted.data.items;
      items.value = listed.data.items;
      next.value = listed.data.next;
      readAt.value = new Date();
      trouble.value = '';
      hasLoaded.value = true;
    } catch (error) {
      if (mine === turn) trouble.value = error.message;
    }
  }

  async function more() {
    if (!next.value) return;
    const mine = ++turn;
    try {
      const { data } = await client.get('/events', { query: { ...query.value, after: next.value, limit: PAGE } });
      if (mine !== turn) return;
      items.value = [...items.value, ...data.items];
      next.value = data.next;
    } catch (error) {
      if (mine === turn) trouble.value = error.message;
    }
  }

  /** Another queue or filter: the old rows go at once, so that nothing wrong is clicked. */
  function change() {
    items.value = [];
    hasLoaded.value = false;
    return reload();
  }

  /** The first time: the first queue that has work, else everything. */
  async function open() {
    try {
      queues.value = (await client.get('/queues')).data.items;
      if (turn) return; // somebody was quicker and has chosen
      queue.value = (queues.value.find(({ count }) => count) ?? queues.value[0])?.code ?? '';
    } catch (error) {
      trouble.value = error.message;
    }
    await reload();
  }

  return { queues, queue, filters, items, next, trouble, readAt, hasLoaded, reload, more, change, open };
}
