/** One row on its way: photos by their hash, then the words; each acknowledged on its own. */
import { Failure } from '@/shared/api/failure.js';

/**
 * Send what of the row has not been acknowledged; throws the Failure that kept something back.
 * Photos that fail do not hold back the words, unless there is no way to the server at all.
 */
export async function deliver(db, client, row) {
  const trouble = await sendPhotos(db, client, row);
  if (trouble && !reachesServer(trouble)) throw trouble;
  if (!row.receipt) {
    row.receipt = await sendBody(client, row);
    await db.outbox.update(row.client_id, { receipt: row.receipt });
  }
  if (trouble) throw trouble;
}

async function sendPhotos(db, client, row) {
  for (const photo of row.photos.filter(({ isSent }) => !isSent)) {
    try {
      await sendPhoto(db, client, row.client_id, photo.sha256);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return error;
    }
    photo.isSent = true;
    await db.outbox.update(row.client_id, { photos: row.photos });
  }
  return null;
}

async function sendPhoto(db, client, client_id, sha256) {
  const kept = await db.photo.get([client_id, sha256]);
  if (!kept) throw new Failure('problem', { status: 410, problem: { detail: '手机里找不到这张照片了，可能被系统清理。' } });
  const { data } = await client.putPhoto(sha256, kept.bytes, 'image/jpeg', { retries: 0 });
  if (data?.sha256 !== sha256) throw new Failure('portal');
}

async function sendBody(client, row) {
  const { data } = await client.post(row.path, row.body, { ifMatch: row.if_match, retries: 0 });
  const isOurs = row.kind === 'report' ? data?.client_id === row.client_id : data?.id === row.task_id;
  if (!isOurs) throw new Failure('portal');
  return data;
}

const reachesServer = ({ kind }) => kind === 'problem' || kind === 'timeout';
