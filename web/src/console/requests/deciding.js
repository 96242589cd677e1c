/** A step of a case that is not the one being read: taken only if it still is as it was seen. */
import { etagOf } from '../seen.js';

/** @param {{id: string, version: number}} seen the case as the list showed it */
export async function stepUnder(client, seen, step, fields, idempotencyKey) {
  const ifMatch = await etagOf(client, `/events/${seen.id}`, seen);
  return client.post(step.href, { action: step.action, ...fields }, { ifMatch, idempotencyKey });
}
