/** The case being read: loaded, kept current, moved by steps; and what others did to it while somebody looked. */
import { ref, shallowRef } from 'vue';
import { client } from '../station.js';
import { clashOf, since } from './clash.js';

export const LEFT = '这件已不在你的范围里，或已被清除。页面上是先前看到的样子，不能再办。';

export function useDossier() {
  const event = shallowRef(null);
  const trouble = ref('');
  const remark = ref(''); // about the case as a whole
  const news = shallowRef([]); // what others did since it was opened, newest first
  const clash = shallowRef(null); // the step that came too late
  let etag = null;
  let wanted = null;
  let moving = Promise.resolve(); // the step on its way: what it changes is no news

  function take(id, answer) {
    if (id !== wanted) return;
    // What was asked for before a step may arrive after its answer.
    if (event.value?.id === id && answer.data.version < event.value.version) return;
    event.value = answer.data;
    etag = answer.etag;
    trouble.value = '';
  }

  function settle() {
    remark.value = '';
    news.value = [];
    clash.value = null;
  }

  /** Show another case; the old one goes at once. */
  async function open(id) {
    wanted = id;
    event.value = null;
    trouble.value = '';
    settle();
    if (id) await read(id);
  }

  async function read(id) {
    try {
      take(id, await client.get(`/events/${id}`));
      return true;
    } catch (error) {
      if (id !== wanted) return true;
      if (!event.value) trouble.value = error.message;
      else if (error.status === 404) leave();
      return error.status === 404;
    }
  }

  /** It is out of sight; what was seen and typed stays until one goes on, and nothing can be done any more. */
  function leave() {
    event.value = { ...event.value, steps: [] };
    remark.value = LEFT;
  }

  /** The case may have changed: read again, and said what others did. False: it could not be read. */
  async function keepCurrent() {
    await moving;
    const before = event.value;
    if (!before) return wanted ? read(wanted) : true;
    const isRead = await read(before.id);
    if (event.value?.id === before.id) news.value = [...since(before, event.value), ...news.value];
    return isRead;
  }

  /**
   * Take a step. Somebody faster (412) is told: the case is shown as it is, with what happened; the Failure is passed on.
   * @param {import('@/shared/api/shapes.js').Step} step
   */
  function move(step, fields, idempotencyKey) {
    const done = send(step, fields, idempotencyKey);
    moving = done.catch(() => null);
    return done;
  }

  async function send(step, fields, idempotencyKey) {
    const before = event.value;
    try {
      const json = { action: step.action, ...fields };
      take(before.id, await client.post(step.href, json, { ifMatch: etag, idempotencyKey }));
      settle();
    } catch (error) {
      if (error.status === 412 || error.status === 409) await catchUp(before, step, fields, error);
      throw error;
    }
  }

  async function catchUp(before, step, fields, error) {
    if (error.problem.current && before.id === wanted) event.value = error.problem.current;
    await read(before.id);
    if (event.value?.id !== before.id) return;
    clash.value = clashOf(before, event.value, step, fields, error);
    news.value = [];
  }

  return { event, trouble, remark, news, clash, open, read, keepCurrent, move, settle };
}
