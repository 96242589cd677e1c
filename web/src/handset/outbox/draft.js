/** What is being written, saved after each change: the camera or the system may kill this page at any moment. */
import { uuid } from '@/shared/uuid.js';
import { isoNow } from '@/shared/clock.js';

export const emptyReport = (username) => ({
  key: `report/${username}`, username, client_id: uuid(), started_at: isoNow(), category: null, description: '', address: '',
  manual: null, fix: null, media: [], isNoted: false, isSelf: false, same_as: null,
});

export const emptyAnswer = (username, taskId) => ({
  key: `answer/${username}/${taskId}`, username, client_id: uuid(), result: null, note: '', media: [],
});

/** A record being filled in: the version of its form stays the one it was begun with. */
export const emptyRecord = (username, form, record) => ({
  key: `record/${username}/${record?.id ?? form.id}`, username, client_id: uuid(), record_id: record?.id ?? uuid(),
  base_rev: record?.rev ?? null, form: { id: form.id, version: form.version }, values: { ...record?.values }, media: [],
});

const name = (key) => `draft/${key}`;
export const mediaName = (media_id) => `media/${media_id}`;

/** The saved draft under the key of `empty`, or `empty` itself. */
export async function loadDraft({ db, box }, empty) {
  const row = await db.draft.get(empty.key);
  return row?.sealed ? box.open(row.sealed, name(row.key)) : empty;
}

export async function saveDraft({ db, box, roomy }, draft) {
  const row = await sealed(box, draft);
  return roomy(() => db.draft.put(row));
}

export const sealed = async (box, draft) => ({
  key: draft.key, username: draft.username, sealed: await box.seal(draft, name(draft.key)),
});

let last = Promise.resolve();

/** Bytes of a photo or voice note beside the draft; its list only names them. One after the other, as the list grows. */
export function addMedia(store, draft, taken) {
  const mine = last.then(() => add(store, draft, taken));
  last = mine.catch(() => {});
  return mine;
}

async function add(store, draft, { bytes, ...facts }) {
  const { db, box, roomy } = store;
  const media = { media_id: uuid(), size: bytes.byteLength, ...facts };
  const row = {
    ...media, owner: draft.client_id, username: draft.username, state: 'waiting', upload_url: null,
  };
  const content = { media_id: media.media_id, sealed: await box.sealBytes(bytes, mediaName(media.media_id)) };
  const wanted = { ...plain(draft), media: [...draft.media.filter(({ sha256 }) => sha256 !== facts.sha256), media] };
  const draftRow = await sealed(box, wanted);
  await roomy(() => db.transaction('rw', db.draft, db.media, db.bytes, async () => {
    await db.bytes.put(content);
    await db.media.put(row);
    await db.draft.put(draftRow);
  }));
  draft.media = wanted.media;
  return media;
}

export async function removeMedia({ db, box }, draft, media_id) {
  draft.media = draft.media.filter((one) => one.media_id !== media_id);
  const row = await sealed(box, draft);
  return db.transaction('rw', db.draft, db.media, db.bytes, async () => {
    await db.media.delete(media_id);
    await db.bytes.delete(media_id);
    await db.draft.put(row);
  });
}

/** The bytes, or null when the system has thrown them away. */
export async function mediaBytes({ db, box }, media_id) {
  const row = await db.bytes.get(media_id);
  return row ? box.openBytes(row.sealed, mediaName(media_id)) : null;
}

/** Throw the draft and its photos away. */
export function dropDraft({ db }, draft) {
  return db.transaction('rw', db.draft, db.media, db.bytes, async () => {
    await dropMedia(db, draft.client_id);
    await db.draft.delete(draft.key);
  });
}

/** All media of a draft or a piece of work, inside the caller's transaction. */
export async function dropMedia(db, owner) {
  const ids = await db.media.where({ owner }).primaryKeys();
  await db.bytes.bulkDelete(ids);
  await db.media.bulkDelete(ids);
}

/** Without Vue's proxies, which the store cannot copy. */
const plain = (draft) => JSON.parse(JSON.stringify(draft));
