/** A workbook of standards on its way into the rules: previewed row by row, then confirmed, all or the chosen. */
import { ref, shallowRef } from 'vue';
import { saveAnswer } from '@/shared/file/save.js';
import { tableType } from '@/shared/file/type.js';
import { uuid } from '@/shared/uuid.js';
import { client } from '../station.js';

const PAGE = 500;
const PATIENCE_S = 120;

export function useStandards() {
  const batch = shallowRef(null);
  const lines = shallowRef([]);
  const recent = shallowRef([]);
  const trouble = ref('');
  const doing = ref('');
  let etag = null;

  async function work(name, does) {
    doing.value = name;
    trouble.value = '';
    try {
      await does();
    } catch (error) {
      trouble.value = error.message;
    } finally {
      doing.value = '';
    }
  }

  async function read(id) {
    const answer = await client.get(`/standards/imports/${id}`);
    const found = [];
    for (let after = 0; after !== null;) {
      const { data } = await client.get(`/standards/imports/${id}/lines`, { query: { after, limit: PAGE } });
      found.push(...data.items);
      after = data.next;
    }
    lines.value = found;
    batch.value = answer.data;
    etag = answer.etag;
  }

  /** @param {File} file @param {{complete: boolean, valid_from: string}} told */
  const upload = (file, { complete, valid_from }) => work('upload', async () => {
    batch.value = null;
    const query = { name: file.name, complete: complete || undefined, valid_from };
    const { data } = await client.post('/standards/imports', undefined, { bytes: file, type: tableType(file.name), query, timeout_s: PATIENCE_S });
    await read(data.id);
    await list();
  });

  /** @param {number[]} numbers of the lines to take in */
  const confirm = (numbers) => work('confirm', async () => {
    const answer = await client.post(`/standards/imports/${batch.value.id}/confirm`, { lines: numbers }, {
      ifMatch: etag, idempotencyKey: uuid(), timeout_s: PATIENCE_S });
    batch.value = answer.data;
    etag = answer.etag;
    await list();
  });

  const open = (id) => work('open', () => read(id));

  const save = () => work('save', async () => {
    saveAnswer(await client.get('/standards/export.xlsx', { as: 'blob', timeout_s: PATIENCE_S }), '立结案标准.xlsx');
  });

  /** What was imported lately; a help only, so that its absence is no error. */
  async function list() {
    recent.value = (await client.get('/standards/imports').catch(() => ({ data: { items: recent.value } }))).data.items;
  }

  function drop() {
    batch.value = null;
    trouble.value = '';
  }

  return { batch, lines, recent, trouble, doing, upload, confirm, open, save, list, drop };
}
