/**
 * Work that has not reached the server. A row leaves only by the server's own word about it; its body never changes
 * once it stands here, because the first byte may have left.
 *
 * is: 'waiting' (to be sent) | 'sent' (words acknowledged, photos not yet) | 'parked' (a person must look).
 * body: sealed {op, title, owner}; fate: sealed {status, reason, error, server, receipt} or null.
 */
import { iso, isoNow, now } from '@/shared/clock.js';
import { dropMedia, sealed } from './draft.js';

const ARRIVED_MS = 30 * 24 * 3600_000;
const bodyName = (op_id) => `op/${op_id}`;
const fateName = (op_id) => `fate/${op_id}`;

/**
 * Put an op into the queue and, in the same transaction, end the draft it was made of.
 * @param {{username: string, op: import('./op.js').Op, title: string, draft?: object}} work
 */
export async function enqueue({ db, box, roomy }, { username, op, title, draft = null }) {
  const owner = draft?.client_id ?? op.op_id;
  const body = await box.seal({ op: JSON.parse(JSON.stringify(op)), title }, bodyName(op.op_id));
  const row = {
    op_id: op.op_id, username, kind: op.kind, entity_id: op.entity_id, owner, is: 'waiting', made_at: isoNow(), tries: 0,
    next_at: 0, body, fate: null,
  };
  await roomy(() => db.transaction('rw', db.draft, db.op, db.meta, async () => {
    const key = `seq/${username}`;
    const seq = ((await db.meta.get(key))?.value ?? 0) + 1;
    await db.meta.put({ key, value: seq });
    await db.op.add({ ...row, seq });
    if (draft) await db.draft.delete(draft.key);
  }));
  return op.op_id;
}

/** A user's own rows in clear, oldest first, each with its media. Nobody sends what another has written. */
export async function ownWork(store, username) {
  const rows = await store.db.op.where({ username }).toArray();
  const media = await store.db.media.where({ username }).toArray();
  return opened(store, rows, media);
}

/** Rows as read from the database made readable. What an older, lost key sealed is left out (see countClosed). */
export async function opened({ box }, rows, media) {
  const byOwner = Map.groupBy?.(media, ({ owner }) => owner) ?? group(media);
  const works = await Promise.all(rows.map(async (row) => {
    const body = await box.open(row.body, bodyName(row.op_id)).catch(closed);
    if (!body) return null;
    const fate = row.fate && await box.open(row.fate, fateName(row.op_id)).catch(closed);
    return { ...row, ...body, fate: fate ?? {}, media: inOrder(body.op, byOwner.get(row.owner) ?? []) };
  }));
  return works.filter(Boolean).sort((a, b) => a.seq - b.seq);
}

/** As they were taken. */
const inOrder = ({ media: names }, media) => {
  const place = ({ media_id }) => names.findIndex((one) => one.media_id === media_id);
  return [...media].sort((a, b) => place(a) - place(b));
};

function group(media) {
  const found = new Map();
  media.forEach((one) => found.set(one.owner, [...(found.get(one.owner) ?? []), one]));
  return found;
}

/** Sealed by another key: nothing to show, nothing to throw away. */
function closed(error) {
  if (error.name !== 'OperationError') throw error;
  return null;
}

/** Change what is known of a row's way; its body stays as it is. */
export async function mark({ db, box }, op_id, change, fate) {
  const sealedFate = fate ? { fate: await box.seal(fate, fateName(op_id)) } : {};
  return db.op.update(op_id, { ...change, ...sealedFate });
}

/**
 * Work queued on top of `work`, never sent so far, learns the number the server has given: an edit of something made
 * offline could not know it.
 */
export async function rebase(store, { username, op_id, entity_id }, rev) {
  const { db, box } = store;
  for (const next of await ownWork(store, username)) {
    const waits = next.entity_id === entity_id && next.op.depends_on.includes(op_id) && next.tries === 0;
    if (!waits) continue;
    const op = { ...next.op, base_rev: rev };
    await db.op.update(next.op_id, { body: await box.seal({ op, title: next.title }, bodyName(next.op_id)) });
  }
  await db.transaction('rw', db.row, async () => {
    const row = await db.row.get([username, 'record', entity_id]);
    if (row) await db.row.put({ ...row, rev });
  });
}

/** Acknowledged in full: the row and its photos go, what the server said stays a month. */
export async function acknowledge({ db, box }, { op_id, username, kind, owner, title, made_at, fate }) {
  const said = await box.seal({ kind, title, receipt: fate.receipt ?? null, status: fate.status }, `arrived/${op_id}`);
  return db.transaction('rw', db.op, db.media, db.bytes, db.arrived, async () => {
    await db.arrived.put({ op_id, username, made_at, sealed: said });
    await db.arrived.where('made_at').below(iso(new Date(now() - ARRIVED_MS))).delete();
    await dropMedia(db, owner);
    await db.op.delete(op_id);
  });
}

/** Receipts in clear, newest first. */
export async function arrivedWork({ box }, rows) {
  const found = await Promise.all(rows.map(async ({ op_id, made_at, sealed: said }) => {
    const words = await box.open(said, `arrived/${op_id}`).catch(closed);
    return words && { op_id, made_at, ...words };
  }));
  return found.filter(Boolean).sort((a, b) => b.made_at.localeCompare(a.made_at));
}

/** The user gives up a row that cannot be sent. */
export function discard({ db }, { op_id, owner }) {
  return db.transaction('rw', db.op, db.media, db.bytes, async () => {
    await dropMedia(db, owner);
    await db.op.delete(op_id);
  });
}

/** A refused piece of work goes back to its form under new ids; the old row and its id are done with. */
export async function reopen({ db, box }, work, draft) {
  const row = await sealed(box, draft);
  return db.transaction('rw', db.op, db.media, db.draft, async () => {
    await db.media.where({ owner: work.owner }).modify({ owner: draft.client_id, state: 'waiting', upload_url: null });
    await db.op.delete(work.op_id);
    await db.draft.put(row);
  });
}
