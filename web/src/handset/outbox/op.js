/** Pieces of work as the server takes them; made once, never changed. See the contract of /sync/push. */
import { isoNow, offset_ms } from '@/shared/clock.js';
import { uuid } from '@/shared/uuid.js';
import { cleanText } from './words.js';

/**
 * @typedef {{op_id: string, kind: string, entity_id: string, base_rev: number|null, depends_on: string[],
 *   occurred_at: string, clock_offset_ms: number, geo: object|null, form: object|null, payload: object,
 *   media: object[]}} Op
 */
export function makeOp(kind, entity_id, rest = {}) {
  return {
    op_id: uuid(), kind, entity_id, base_rev: null, depends_on: [], occurred_at: isoNow(),
    clock_offset_ms: Math.round(offset_ms.value), geo: null, form: null, payload: {}, media: [], ...rest,
  };
}

/** Only what says something: no empty words. */
export function said(fields) {
  const texts = Object.entries(fields).map(([key, value]) => [key, typeof value === 'string' ? cleanText(value) : value]);
  return Object.fromEntries(texts.filter(([, value]) => value !== '' && value !== null && value !== undefined));
}

/** A position of a payload as the `geo` of the op; `err`: why there is no fix. */
export function geoOf(position, reason = '') {
  if (!position) return reason ? { lon: null, lat: null, acc: null, t: null, src: 'none', datum: null, err: reason } : null;
  const { lon, lat, accuracy_m = null, fixed_at = null, provider, datum } = position;
  return { lon, lat, acc: accuracy_m, t: fixed_at, src: provider, datum, err: reason || null };
}

export const reportOp = (draft, position, reason) => makeOp('event.report', draft.client_id, {
  occurred_at: draft.started_at, geo: geoOf(position, reason), media: draft.media,
  payload: said({ category: draft.category, description: draft.description, address: draft.address, position,
    self_handled: draft.isSelf || null, same_as: draft.same_as }),
});

export const answerOp = (draft, task, position, reason) => makeOp('task.answer', task.id, {
  base_rev: task.version, geo: geoOf(position, reason), media: draft.media,
  payload: said({ result: draft.result, note: draft.note, position }),
});

export const readOp = (notice) => makeOp('notice.read', notice.id);

export const recordOp = (draft, kind, depends_on) => makeOp('record.put', draft.record_id, {
  base_rev: draft.base_rev, depends_on, form: { id: draft.form.id, ver: draft.form.version }, media: draft.media,
  payload: { kind, values: said(draft.values) },
});

export const shiftOp = (shift_id, isOn, position, depends_on = []) =>
  makeOp(isOn ? 'shift.on' : 'shift.off', shift_id, { depends_on, geo: geoOf(position), payload: said({ position }) });
