/**
 * Work that has not reached the server. A row leaves only when the server has acknowledged it under its own id;
 * its body never changes once it stands here, because the first byte may have left.
 *
 * Row: {client_id, username, kind: 'report'|'answer', path, body, if_match?, task_id?, photos: [{sha256, isSent}],
 *   title, made_at, is: 'waiting'|'stuck', reason, tries, next_at, receipt|null}
 */
import { iso, isoNow, now } from '@/shared/clock.js';

const RECEIPTS_MS = 30 * 24 * 3600_000;

/** NUL and lone surrogates upset databases; they are nobody's words. */
export const cleanText = (text) => text.replace(/\u0000|\p{Surrogate}/gu, '').trim();

/** A draft becomes a row, in one transaction. */
export function enqueueReport(db, draft, position, title) {
  const { client_id, username } = draft;
  const photos = draft.photos.map(({ sha256, role, shot_at }) => ({ sha256, role, shot_at }));
  const body = { client_id, category: draft.category, occurred_at: draft.started_at, position, photos };
  if (cleanText(draft.description)) body.description = cleanText(draft.description);
  if (cleanText(draft.address)) body.address = cleanText(draft.address);
  return db.transaction('rw', db.draft, db.outbox, async () => {
    await db.outbox.add(row({ client_id, username, kind: 'report', path: '/reports', body, title }));
    await db.draft.delete(draft.key);
  });
}

/** The answer to a check task; `etag` is that of the task as the worker saw it. */
export function enqueueAnswer(db, draft, { task_id, etag, title, position }) {
  const { client_id, username } = draft;
  const photos = draft.photos.map(({ sha256 }) => ({ sha256, role: 'check' }));
  const body = { client_id, result: draft.result, photos };
  if (cleanText(draft.note)) body.note = cleanText(draft.note);
  if (position) body.position = position;
  return db.transaction('rw', db.draft, db.outbox, async () => {
    await db.outbox.add(row({
      client_id, username, kind: 'answer', path: `/tasks/${task_id}/answer`, body, title, if_match: etag, task_id,
    }));
    await db.draft.delete(draft.key);
  });
}

function row({ body, ...rest }) {
  return {
    ...rest, body, photos: body.photos.map(({ sha256 }) => ({ sha256, isSent: false })), made_at: isoNow(), is: 'waiting',
    reason: '', tries: 0, next_at: 0, receipt: null,
  };
}

/** A user's own rows, oldest first. Nobody sends what another has written. */
export async function ownRows(db, username) {
  const rows = await db.outbox.where({ username }).toArray();
  return rows.sort((a, b) => a.made_at.localeCompare(b.made_at));
}

/** Acknowledged in full: the row and its photos go, the receipt stays a month. */
export function acknowledge(db, sent) {
  const { client_id, username, kind, title, receipt, made_at } = sent;
  return db.transaction('rw', db.outbox, db.photo, db.receipt, async () => {
    await db.receipt.put({ client_id, username, kind, title, receipt, made_at });
    await db.receipt.where('made_at').below(iso(new Date(now() - RECEIPTS_MS))).delete();
    await db.photo.where({ client_id }).delete();
    await db.outbox.delete(client_id);
  });
}

/** The user gives up a row that cannot be sent. */
export function discard(db, client_id) {
  return db.transaction('rw', db.outbox, db.photo, async () => {
    await db.photo.where({ client_id }).delete();
    await db.outbox.delete(client_id);
  });
}

/** A refused report goes back to the form under a new id; the old row and its id are done with. */
export function reopen(db, refused, draft) {
  const { body } = refused;
  Object.assign(draft, {
    category: body.category, description: body.description ?? '', address: body.address ?? '',
    started_at: body.occurred_at, manual: body.position, photos: body.photos,
  });
  return db.transaction('rw', db.outbox, db.photo, db.draft, async () => {
    const kept = await db.photo.where({ client_id: refused.client_id }).toArray();
    await db.photo.bulkPut(kept.map((photo) => ({ ...photo, client_id: draft.client_id })));
    await db.photo.where({ client_id: refused.client_id }).delete();
    await db.outbox.delete(refused.client_id);
    await db.draft.put(draft);
  });
}
