/** What is being written, saved after each change: the camera app may kill this page at any moment. */
import { uuid } from '@/shared/uuid.js';
import { isoNow } from '@/shared/clock.js';

export const reportKey = (username) => `report/${username}`;
export const answerKey = (username, taskId) => `answer/${username}/${taskId}`;

export const emptyReport = (username) => ({
  key: reportKey(username), username, client_id: uuid(), started_at: isoNow(), category: null, description: '', address: '',
  manual: null, fix: null, photos: [],
});

export const emptyAnswer = (username, taskId) => ({
  key: answerKey(username, taskId), username, client_id: uuid(), result: null, note: '', photos: [],
});

/** The saved draft under the key of `empty`, or `empty` itself. */
export async function loadDraft(db, empty) {
  return (await db.draft.get(empty.key)) ?? empty;
}

export const saveDraft = (db, draft) => db.draft.put(plain(draft));

/** Photo bytes beside the draft; the list in the draft only names them. */
export function addPhoto(db, draft, { sha256, bytes, shot_at, role }) {
  return db.transaction('rw', db.draft, db.photo, async () => {
    await db.photo.put({ client_id: draft.client_id, sha256, bytes });
    const others = draft.photos.filter((photo) => photo.sha256 !== sha256);
    await db.draft.put(plain({ ...draft, photos: [...others, { sha256, role, shot_at }] }));
    draft.photos = [...others, { sha256, role, shot_at }];
  });
}

export function removePhoto(db, draft, sha256) {
  return db.transaction('rw', db.draft, db.photo, async () => {
    draft.photos = draft.photos.filter((photo) => photo.sha256 !== sha256);
    await db.photo.delete([draft.client_id, sha256]);
    await db.draft.put(plain(draft));
  });
}

/** Throw the draft and its photos away. */
export function dropDraft(db, draft) {
  return db.transaction('rw', db.draft, db.photo, async () => {
    await db.photo.where({ client_id: draft.client_id }).delete();
    await db.draft.delete(draft.key);
  });
}

/** Without Vue's proxies, which the store cannot copy. */
const plain = (draft) => JSON.parse(JSON.stringify(draft));
