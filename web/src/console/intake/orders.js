/** Orders pasted from the 12345 platform, and what was already changed of each; kept in this tab like any draft. */
import { computed } from 'vue';
import { uuid } from '@/shared/uuid.js';
import { useDraft } from '../drafts.js';
import { client } from '../station.js';

/**
 * The order in the form is the one whose client_id the form has.
 * @param {ReturnType<typeof import('./intake.js').useIntake>} intake
 */
export function useOrders({ form, fill, isBlank }) {
  const { form: kept } = useDraft('orders', () => ({ orders: [], drafts: {} }));
  const current = computed(() => kept.orders.find(({ client_id }) => client_id === form.client_id));
  const isOrder = (sheet) => kept.orders.includes(sheet);
  /** What there is to go on with: the orders, and what was typed by hand and left for one of them. */
  const sheets = computed(() => {
    const ids = kept.orders.map(({ client_id }) => client_id);
    return [...kept.orders, ...Object.values(kept.drafts).filter(({ client_id }) => !ids.includes(client_id))];
  });

  /** What was pasted joins what is still to be taken in; the first of it goes into the form, if that is empty. */
  async function read(text) {
    const { items } = (await client.post('/intakes/read', { text })).data;
    const left = kept.orders.filter(isLeft);
    const numbers = left.map(({ order_no }) => order_no).filter(Boolean);
    const fresh = items.filter(({ order_no }) => !numbers.includes(order_no));
    kept.orders = [...left, ...fresh.map((order) => ({ ...order, client_id: uuid(), isTaken: false }))];
    if (isBlank.value) next();
  }

  /** Into the form with it, as it was left; what stands there is kept. */
  function choose(sheet) {
    if (sheet === current.value) return;
    if (!isBlank.value) kept.drafts[form.client_id] = { ...form };
    fill(kept.drafts[sheet.client_id] ?? asRead(sheet));
    delete kept.drafts[sheet.client_id];
  }

  function next() {
    const left = kept.orders.find(isLeft);
    if (left) choose(left);
  }

  /** It was taken in. @param {string} clientId  of the form that was sent */
  function settle(clientId) {
    delete kept.drafts[clientId];
    const order = kept.orders.find(({ client_id }) => client_id === clientId);
    if (!order) return;
    order.isTaken = true;
    if (isBlank.value) next();
  }

  return { kept, sheets, isOrder, current, read, choose, settle };
}

const isLeft = ({ known, isTaken }) => !known && !isTaken;

/** An order as it was read; what it does not say stays empty. */
function asRead({ client_id, order_no, said, name, phone, address, unread, asked_at, reply_by, wants_reply }) {
  return {
    client_id, order_no, said, name, phone, address, unread,
    asked_at: asked_at ?? '', reply_by: reply_by ?? '', wants_reply: Boolean(wants_reply),
  };
}
