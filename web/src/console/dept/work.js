/** What lies on the department's table, read again whenever something changes. */
import { computed, ref, shallowRef } from 'vue';
import { client } from '../station.js';

export function useWork() {
  const told = shallowRef(null);
  const lot = ref('');
  const trouble = ref('');
  let turn = 0;

  const items = computed(() => told.value?.items ?? []);
  const lots = computed(() => told.value?.lots ?? []);

  /** A later call overtakes an earlier one; a failure leaves what stands there. */
  async function load() {
    const mine = ++turn;
    try {
      const { data } = await client.get('/workload', { query: { lot: lot.value } });
      if (mine !== turn) return;
      told.value = data;
      trouble.value = '';
    } catch (error) {
      if (mine === turn) trouble.value = error.message;
    }
  }

  function choose(code) {
    lot.value = lot.value === code ? '' : code;
    return load();
  }

  return { told, items, lots, lot, trouble, load, choose };
}

/** The clock a part is measured by next: signing until it is signed, then handling. */
export const nextClock = ({ assignment, sign, handle }) => (assignment.state.code === 'pending_sign' ? sign ?? handle : handle);

/** How it stands with the department, in one sentence. */
export function sentence(lots) {
  const count = (code) => lots.find((one) => one.code === code)?.count ?? 0;
  const waiting = count('sign') + count('handle') + count('confirm');
  const late = lots.find(({ code }) => code === '')?.overdue ?? 0;
  if (!waiting) return '现在没有等你办的。';
  return `${waiting} 件等你办${late ? `，${late} 件已超期` : '，没有超期的'}。`;
}
