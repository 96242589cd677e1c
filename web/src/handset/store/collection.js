/** The collections in clear, in memory, while the phone is unlocked; only what changed is opened again. */
import { shallowReactive } from 'vue';
import { readRows } from '../sync/apply.js';

export const NAMES = ['event', 'task', 'notice', 'record', 'checkpoint'];

export function createCollections(store) {
  const rows = shallowReactive(Object.fromEntries(NAMES.map((c) => [c, []])));
  const known = new Map();

  async function reload(username, only = NAMES) {
    for (const c of only) rows[c] = await read(username, c);
  }

  async function read(username, c) {
    const raw = (await store.db.row.where({ username, c }).toArray()).filter(({ sealed }) => sealed);
    const stale = raw.filter((row) => known.get(`${c}/${row.id}`)?.mark !== mark(row));
    const opened = new Map((await readRows(store, stale)).map((row) => [row.id, row]));
    stale.forEach((row) => known.set(`${c}/${row.id}`, { mark: mark(row), value: opened.get(row.id) }));
    return raw.map(({ id }) => known.get(`${c}/${id}`).value).filter(Boolean);
  }

  function forget() {
    known.clear();
    NAMES.forEach((c) => {
      rows[c] = [];
    });
  }

  return { rows, reload, forget };
}

/** Each seal has its own random start: another one is another content. */
const mark = ({ sealed, rev }) => `${rev}/${Array.from(sealed.iv).join()}`;
