/** Numbers on the tab bar: open tasks and unread notices. */
import { ref } from 'vue';
import { client, session } from './field.js';

export const taskCount = ref(0);
export const unread = ref(0);

/** Ask again; a failure leaves the last numbers. */
export async function count() {
  if (session.state.is !== 'in' || document.visibilityState === 'hidden') return;
  const answers = await Promise.all([
    client.get('/tasks', { query: { state: 'open' } }), client.get('/notices'),
  ]).catch(() => null);
  if (!answers) return;
  taskCount.value = answers[0].data.items.length;
  unread.value = answers[1].data.unread;
}

export function keepCounting() {
  count();
  setInterval(count, 60_000);
}
