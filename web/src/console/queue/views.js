/** The views somebody saved: filters under a name, on the server, so that they are there on every machine. */
import { shallowRef } from 'vue';
import { uuid } from '@/shared/uuid.js';
import { etagOf } from '../seen.js';
import { client } from '../station.js';

export function useViews() {
  const views = shallowRef([]);

  async function load() {
    views.value = (await client.get('/views')).data.items;
  }

  async function save(name, filters) {
    await client.post('/views', { name, filters }, { idempotencyKey: uuid() });
    await load();
  }

  /** The same name, what is shown now. */
  async function renew(view, filters) {
    const path = `/views/${view.id}`;
    const { name, position } = view;
    await client.put(path, { name, position, filters }, { ifMatch: await etagOf(client, path, view) });
    await load();
  }

  async function drop(view) {
    const path = `/views/${view.id}`;
    await client.delete(path, { ifMatch: await etagOf(client, path, view) });
    await load();
  }

  return { views, load, save, renew, drop };
}
