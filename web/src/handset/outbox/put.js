/** A photo on its way in one piece: PUT at the address made of its content. */
import { Failure } from '@/shared/api/failure.js';

export async function putPhoto(client, media, bytes) {
  if (media.role === 'voice') throw new Failure('problem', { status: 503, problem: { detail: '服务器还不收语音，语音先留在本机。' } });
  const { data } = await client.putPhoto(media.sha256, bytes, media.mime, { retries: 0 });
  if (data?.sha256 !== media.sha256) throw new Failure('portal');
}
