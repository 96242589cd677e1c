/** Notes of one's desk that nobody has signed yet, and signing them. */
import { ref, shallowRef } from 'vue';
import { uuid } from '@/shared/uuid.js';
import { etagOf } from '../seen.js';
import { client } from '../station.js';

export function useOpenNotes() {
  const notes = shallowRef([]);
  const trouble = ref('');

  async function load() {
    trouble.value = '';
    try {
      notes.value = (await client.get('/handovers', { query: { open: true } })).data.items;
    } catch (error) {
      trouble.value = error.message;
    }
  }

  async function sign(note) {
    trouble.value = '';
    const path = `/handovers/${note.id}`;
    try {
      const ifMatch = await etagOf(client, path, note);
      await client.post(`${path}/sign`, undefined, { ifMatch, idempotencyKey: uuid() });
    } catch (error) {
      trouble.value = error.message;
      return false;
    }
    await load();
    return true;
  }
  return { notes, trouble, load, sign };
}

/** Where a number can be looked at as it is now. */
export function linkOf({ where, queue, code }) {
  if (where === 'matters') return '/supervision/matters';
  if (where === 'intake') return '/intake/register';
  if (queue) return { path: '/', query: { queue } };
  return code === 'overdue' ? { path: '/', query: { queue: '', overdue: 'true' } } : null;
}
