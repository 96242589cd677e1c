/** The case being read: loaded, kept current, moved by steps. */
import { ref, shallowRef } from 'vue';
import { client } from '../station.js';

export const OVERTAKEN = '已被别人更新，下面是最新的内容。';

export function useDossier() {
  const event = shallowRef(null);
  const trouble = ref('');
  const remark = ref('');
  let etag = null;
  let wanted = null;

  function take(id, answer) {
    if (id !== wanted) return;
    event.value = answer.data;
    etag = answer.etag;
    trouble.value = '';
  }

  /** Show another case; the old one goes at once. */
  async function open(id) {
    wanted = id;
    event.value = null;
    remark.value = '';
    trouble.value = '';
    if (id) await read(id);
  }

  async function read(id) {
    try {
      take(id, await client.get(`/events/${id}`));
    } catch (error) {
      if (id === wanted && !event.value) trouble.value = error.message;
    }
  }

  /** What the list says about the case is newer than what stands here. */
  async function keepCurrent() {
    const before = event.value;
    if (!before) return wanted && read(wanted);
    await read(before.id);
    if (event.value?.id === before.id && event.value.version > before.version) remark.value = OVERTAKEN;
    return null;
  }

  /**
   * Take a step. Somebody faster (412) is told, the current state shown, and the Failure passed on.
   * @param {import('@/shared/api/shapes.js').Step} step
   */
  async function move(step, fields, idempotencyKey) {
    const { id } = event.value;
    try {
      const json = { action: step.action, ...fields };
      take(id, await client.post(step.href, json, { ifMatch: etag, idempotencyKey }));
      remark.value = '';
    } catch (error) {
      if (error.status === 412 || error.status === 409) await catchUp(id, error);
      throw error;
    }
  }

  async function catchUp(id, error) {
    if (error.problem.current && id === wanted) event.value = error.problem.current;
    await read(id);
    remark.value = error.status === 412 ? OVERTAKEN : error.message;
  }

  return { event, trouble, remark, open, read, keepCurrent, move };
}
