/** What a person does with work that did not go through. */
import { emptyRecord, emptyReport } from './draft.js';
import { discard, enqueue, mark, reopen } from './queue.js';
import { uuid } from '@/shared/uuid.js';

/** Send it again as it is; photos refused go again too. */
export async function again(store, work) {
  const is = work.fate.status === 'media' ? 'sent' : 'waiting';
  await mark(store, work.op_id, { is, next_at: 0, tries: 0 }, { ...work.fate, reason: '' });
}

/** The draft a refused piece of work becomes, under new ids. */
export function draftOf(work) {
  const { op } = work;
  const media = work.media.map(({ media_id, sha256, size, mime, role, shot_at }) => ({ media_id, sha256, size, mime, role, shot_at }));
  if (op.kind === 'record.put') {
    const form = { id: op.form.id, version: op.form.ver };
    return { ...emptyRecord(work.username, form, { id: op.entity_id, rev: op.base_rev, values: op.payload.values }), media };
  }
  const { category = null, description = '', address = '', position = null } = op.payload;
  return {
    ...emptyReport(work.username), started_at: op.occurred_at, category, description, address, media,
    manual: position, fix: null, isSelf: Boolean(op.payload.self_handled), same_as: op.payload.same_as ?? null,
  };
}

export const toForm = (store, work, draft) => reopen(store, work, draft);

/** My version after all, on top of the one the server has: a new op with a new number. */
export async function insist(store, work) {
  const rev = work.fate.server?.rev ?? work.fate.server?.version ?? work.fate.rev;
  const op = { ...work.op, op_id: uuid(), base_rev: rev };
  await enqueue(store, { username: work.username, op, title: work.title });
  await store.db.media.where({ owner: work.owner }).modify({ owner: op.op_id });
  await store.db.op.delete(work.op_id);
}

export const giveUp = (store, work) => discard(store, work);
