/** A file on its way in: previewed row by row, then confirmed, all or the chosen. One for every kind of import. */
import { ref, shallowRef } from 'vue';
import { saveAnswer } from '@/shared/file/save.js';
import { tableType } from '@/shared/file/type.js';
import { uuid } from '@/shared/uuid.js';
import { client } from '../station.js';

const PAGE = 500;
const PATIENCE_S = 120;

/**
 * @param {string} path of the noun, e.g. `/users`
 * @param {{typeOf?: (file: File) => string, also?: (id: string) => Promise<void>}} [ways]
 *   typeOf: what kind of file it is; also: what else is to be read of a preview before it is shown
 */
export function useImport(path, { typeOf = ({ name }) => tableType(name), also = async () => {} } = {}) {
  const found = shallowRef(null);
  const lines = shallowRef([]);
  const trouble = ref('');
  const doing = ref('');
  let etag = null;

  async function work(name, does) {
    doing.value = name;
    trouble.value = '';
    try {
      return await does();
    } catch (error) {
      trouble.value = error.message;
      return null;
    } finally {
      doing.value = '';
    }
  }

  async function read(id) {
    const answer = await client.get(`${path}/imports/${id}`);
    const all = [];
    for (let after = 0; after !== null;) {
      const { data } = await client.get(`${path}/imports/${id}/lines`, { query: { after, limit: PAGE } });
      all.push(...data.items);
      after = data.next;
    }
    await also(id);
    lines.value = all;
    found.value = answer.data;
    etag = answer.etag;
  }

  /** @param {File} file */
  const upload = (file, query = {}) => work('upload', async () => {
    found.value = null;
    const told = { bytes: file, type: typeOf(file), query: { name: file.name, ...query }, timeout_s: PATIENCE_S };
    const { data } = await client.post(`${path}/imports`, undefined, told);
    await read(data.id);
  });

  /** @param {number[]} [numbers] of the lines to take in, else all; what the server answers, once */
  const confirm = (numbers) => work('confirm', async () => {
    const answer = await client.post(`${path}/imports/${found.value.id}/confirm`, numbers ? { lines: numbers } : {}, {
      ifMatch: etag, idempotencyKey: uuid(), timeout_s: PATIENCE_S });
    found.value = answer.data;
    etag = answer.etag;
    return answer.data;
  });

  const saveErrors = (name) => work('errors', async () => {
    saveAnswer(await client.get(`${path}/imports/${found.value.id}/errors.xlsx`, { as: 'blob', timeout_s: PATIENCE_S }), name);
  });

  function drop() {
    found.value = null;
    lines.value = [];
    trouble.value = '';
  }
  return { found, lines, trouble, doing, upload, confirm, saveErrors, drop };
}
