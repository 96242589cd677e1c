/** Standing at a checkpoint: told to the server as an op, and shown as done while it waits, with or without a network. */
import { watch } from 'vue';
import { iso, now } from '@/shared/clock.js';
import { uuid } from '@/shared/uuid.js';
import { rows, send, takes, unsent, username } from '../field.js';
import { geoOf, makeOp } from '../outbox/op.js';
import { isQuota } from '../store/quota.js';
import { patrol } from './patrol.js';
import { roundOf, ticked, VISIT } from './round.js';

const busy = new Set();
/** What was ticked by walking there, once a day: what the server said to it stands. */
const walked = new Set();

/** The round as this phone knows it, what it has not sent yet included. */
export const roundAt = (here, time) => roundOf(ticked(rows.checkpoint, unsent.value, time), here, time);

export async function visit(point, here) {
  if (busy.has(point.id)) return;
  busy.add(point.id);
  try {
    const { lon, lat, accuracy_m, t_ms } = here;
    const position = { lon, lat, accuracy_m, datum: 'wgs84', provider: 'gps', fixed_at: iso(new Date(t_ms)) };
    await send(makeOp(VISIT, uuid(), { geo: geoOf(position), payload: { checkpoint: point.id, position } }), `巡查点打卡 ${point.name}`);
  } finally {
    busy.delete(point.id);
  }
}

/** On duty, a point is ticked by walking there. */
watch(() => patrol.here, (here) => {
  if (!patrol.shift || !here || !username.value || !takes(VISIT)) return;
  const time = now();
  roundAt(here, time).filter(({ isNear, isDone, isRefused }) => isNear && !isDone && !isRefused).forEach((point) => pass(point, here, time));
});

async function pass(point, here, time) {
  const key = `${username.value}/${point.id}/${iso(time).slice(0, 10)}`;
  if (walked.has(key)) return;
  walked.add(key);
  try {
    await visit(point, here);
  } catch (error) {
    walked.delete(key);
    patrol.reason = isQuota(error) ? '手机空间满了，打卡没存下' : '打卡没存下，请手动再打一次';
  }
}
