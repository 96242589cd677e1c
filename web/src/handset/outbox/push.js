/** Words on their way, the full way: POST /sync/push, a result for each op. */
import { Failure } from '@/shared/api/failure.js';

/** @returns {Promise<object[]>} results as the server gave them; ops without one simply are not there */
export async function pushBatch(client, ops) {
  const { data } = await client.post('/sync/push', { ops }, { retries: 0, timeout_s: 60 });
  if (!Array.isArray(data?.results)) throw new Failure('portal');
  return data.results;
}

/**
 * A batch the server refuses as a whole is halved until the one op at fault is alone; that one is refused, the others
 * go. Nothing the server has not named is taken for delivered.
 */
export async function pushHalving(push, ops) {
  try {
    return await push(ops);
  } catch (error) {
    if (!isContent(error)) throw error;
    if (ops.length === 1) return [refused(ops[0], error)];
    const middle = Math.ceil(ops.length / 2);
    return [...await pushHalving(push, ops.slice(0, middle)), ...await pushHalving(push, ops.slice(middle))];
  }
}

const isContent = (error) => error instanceof Failure && error.kind === 'problem' && [400, 413, 422].includes(error.status);

const refused = (op, error) => ({
  op_id: op.op_id, status: 'rejected', error: { code: error.slug || String(error.status), message: error.message },
});
