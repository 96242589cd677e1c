/** A step of a case that is not the one being read: taken only if it still is as it was seen. */
import { OVERTAKEN } from '../case/dossier.js';

/** @param {{id: string, version: number}} seen the case as the list showed it */
export async function stepUnder(client, seen, step, fields, idempotencyKey) {
  const { data, etag } = await client.get(`/events/${seen.id}`);
  if (data.version !== seen.version) throw new Error(OVERTAKEN.replace('下面是最新的内容', '请刷新后再看'));
  return client.post(step.href, { action: step.action, ...fields }, { ifMatch: etag, idempotencyKey });
}
