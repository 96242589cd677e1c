/** Standing at a checkpoint: told to the server as an op, and shown as done at once, with or without a network. */
import { watch } from 'vue';
import { isoNow, now } from '@/shared/clock.js';
import { uuid } from '@/shared/uuid.js';
import { collections, rows, send, store, takes, username } from '../field.js';
import { geoOf, makeOp } from '../outbox/op.js';
import { putLocal } from '../sync/apply.js';
import { patrol } from './patrol.js';
import { dueAfter, roundOf } from './round.js';

const KIND = 'checkpoint.visit';
const busy = new Set();

export async function visit(point, here) {
  if (busy.has(point.id)) return;
  busy.add(point.id);
  try {
    const { lon, lat, accuracy_m } = here;
    const position = { lon, lat, accuracy_m, datum: 'wgs84', provider: 'gps' };
    await send(makeOp(KIND, uuid(), { geo: geoOf(position), payload: { checkpoint: point.id, position } }), `到点 ${point.name}`);
    const known = rows.checkpoint.find(({ id }) => id === point.id);
    const { id, rev, ...data } = { ...known, visited_at: isoNow(), due_at: dueAfter(point, now()), due: false };
    await putLocal(store, username.value, 'checkpoint', id, data);
    await collections.reload(username.value, ['checkpoint']);
  } finally {
    busy.delete(point.id);
  }
}

/** On duty, a point is ticked by walking there. */
watch(() => patrol.here, (here) => {
  if (!patrol.shift || !here || !username.value || !takes(KIND)) return;
  roundOf(rows.checkpoint, here, now()).filter(({ isNear, isDone }) => isNear && !isDone).forEach((point) => visit(point, here));
});
