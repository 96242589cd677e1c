/** Words on their way to a server that knows no batches yet: one route a kind, answers made into results. */
import { Failure } from '@/shared/api/failure.js';

const KINDS = {
  async 'event.report'(client, op) {
    const body = { client_id: op.entity_id, occurred_at: op.occurred_at, ...op.payload, photos: photos(op) };
    const { data } = await client.post('/reports', body, { retries: 0 });
    if (data?.client_id !== op.entity_id) throw new Failure('portal');
    return { status: 'applied', receipt: data };
  },
  async 'task.answer'(client, op) {
    const task = await client.get(`/tasks/${op.entity_id}`, { retries: 0 });
    // Another version: an own answer whose acknowledgement was lost is replayed, anything else is stale (412).
    const ifMatch = task.data.version === op.base_rev ? task.etag : '"stale"';
    const body = { client_id: op.op_id, ...op.payload, photos: photos(op).map(({ sha256 }) => ({ sha256, role: 'check' })) };
    const { data } = await client.post(`/tasks/${op.entity_id}/answer`, body, { ifMatch, retries: 0 });
    if (data?.id !== op.entity_id) throw new Failure('portal');
    return { status: 'applied', rev: data.version };
  },
  async 'notice.read'(client, op) {
    await client.post(`/notices/${op.entity_id}/read`, undefined, { retries: 0 });
    return { status: 'applied' };
  },
};

/** One after the other; what the network stops has no result and stays. */
export async function pushSingles(client, ops) {
  const results = [];
  for (const op of ops) {
    try {
      results.push({ op_id: op.op_id, ...await one(client, op) });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.kind !== 'problem' || error.status === 401) {
        if (!results.length) throw error;
        return results;
      }
      results.push({ op_id: op.op_id, ...told(error) });
    }
  }
  return results;
}

function one(client, op) {
  const send = KINDS[op.kind];
  return send ? send(client, op) : { status: 'held', error: { code: 'no-route', message: '服务器还不收这类内容，先存在本机。' } };
}

function told(error) {
  const facts = { error: { code: error.slug, message: error.message } };
  if (error.isPassing) return { status: 'retry', retryAfter_s: error.retryAfter_s, ...facts };
  if (error.status === 412) return { status: 'conflict', server: error.problem.current ?? null, ...facts };
  return { status: 'rejected', ...facts };
}

const photos = (op) => op.media.filter(({ role }) => role !== 'voice')
  .map(({ sha256, role, shot_at }) => ({ sha256, role, shot_at }));
