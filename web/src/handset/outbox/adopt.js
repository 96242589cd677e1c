/** Work left by the first version of this app, which kept it in clear: taken into the queue, sealed, nothing lost. */
import { mediaName } from './draft.js';
import { makeOp } from './op.js';
import { enqueue, mark } from './queue.js';

export async function adopt(store, username) {
  const { db } = store;
  for (const old of await db.outbox.where({ username }).toArray()) {
    if (!(await db.op.where({ entity_id: old.client_id }).count())) await take(store, old);
    await db.transaction('rw', db.outbox, db.photo, async () => {
      await db.photo.where({ client_id: old.client_id }).delete();
      await db.outbox.delete(old.client_id);
    });
  }
  await db.meta.delete(`bootstrap/${username}`);
  await db.meta.delete(`recent/${username}`);
}

async function take(store, old) {
  const kept = await store.db.photo.where({ client_id: old.client_id }).toArray();
  const media = [];
  for (const { sha256, bytes } of kept) media.push(await takePhoto(store, old, sha256, bytes));
  const op = old.kind === 'report' ? fromReport(old.body, media) : fromAnswer(old, media);
  await enqueue(store, { username: old.username, op, title: old.title });
  await store.db.media.where({ owner: old.client_id }).modify({ owner: op.op_id });
  if (old.receipt) await mark(store, op.op_id, { is: 'sent' }, { status: 'applied', receipt: old.receipt, reason: old.reason });
}

async function takePhoto({ db, box }, old, sha256, bytes) {
  const promised = old.body.photos.find((photo) => photo.sha256 === sha256) ?? {};
  const media = {
    media_id: old.client_id.slice(0, 24) + sha256.slice(0, 12), sha256, mime: 'image/jpeg', role: promised.role ?? 'other',
    shot_at: promised.shot_at, size: bytes.byteLength,
  };
  const isSent = old.photos.find((photo) => photo.sha256 === sha256)?.isSent;
  const sealed = await box.sealBytes(bytes, mediaName(media.media_id));
  await db.transaction('rw', db.media, db.bytes, async () => {
    await db.bytes.put({ media_id: media.media_id, sealed });
    await db.media.put({
      ...media, owner: old.client_id, username: old.username, state: isSent ? 'sent' : 'waiting', upload_url: null,
    });
  });
  return media;
}

function fromReport({ client_id, occurred_at, photos: _, ...payload }, media) {
  return { ...makeOp('event.report', client_id), occurred_at, payload, media };
}

/** The version seen is not kept by the old app: the server decides whether the answer still fits. */
function fromAnswer({ client_id, task_id, body }, media) {
  const { result, note, position } = body;
  return { ...makeOp('task.answer', task_id), op_id: client_id, payload: { result, note, position }, media };
}
