/** A photo or voice note on its way in resumable pieces (tus 1.0); the address is kept, so a killed page goes on there. */
import { Failure } from '@/shared/api/failure.js';

const CHUNK = 512 * 1024;

/**
 * @param {{headers: () => Promise<object>, renew: () => Promise<void>}} client
 * @param {(url: string|null) => Promise<void>} keepUrl
 */
export async function uploadTus(client, op_id, media, bytes, keepUrl) {
  const { Upload } = await import('tus-js-client');
  const { media_id, sha256, mime, role } = media;
  try {
    await attempt(Upload, {
      url: media.upload_url, headers: await client.headers(), metadata: { media_id, sha256, mime, role, op_id }, keepUrl,
    }, bytes, mime);
  } catch (error) {
    const failure = told(error);
    // 404 and 410: the server has let the half upload go; 409 and 460: the next HEAD asks where it stands.
    if ([404, 410].includes(failure.status) && media.upload_url) await keepUrl(null);
    if ([404, 409, 410, 460].includes(failure.status)) throw new Failure('problem', { status: 503 });
    if (failure.status === 401) await client.renew();
    throw failure;
  }
}

function attempt(Upload, { url, headers, metadata, keepUrl }, bytes, mime) {
  return new Promise((resolve, reject) => {
    const upload = new Upload(new Blob([bytes], { type: mime }), {
      endpoint: '/mobile/v1/files', uploadUrl: url, chunkSize: CHUNK, retryDelays: null, storeFingerprintForResuming: false,
      headers, metadata, onError: reject, onSuccess: resolve,
      onUploadUrlAvailable: () => keepUrl(upload.url),
      onAfterResponse: (_, response) => {
        if (!response.getHeader('X-WG-Api')) throw new Failure('portal', { status: response.getStatus() });
      },
    });
    upload.start();
  });
}

/** The library's error as one of ours. */
function told(error) {
  const cause = error?.causingError ?? error;
  if (cause instanceof Failure) return cause;
  const response = error?.originalResponse;
  if (!response) return new Failure('offline');
  const wait_s = Number.parseInt(response.getHeader('Retry-After') ?? '', 10);
  return new Failure('problem', {
    status: response.getStatus(), problem: parsed(response.getBody()), retryAfter_s: Number.isNaN(wait_s) ? undefined : wait_s,
  });
}

function parsed(body) {
  try {
    return JSON.parse(body) ?? {};
  } catch {
    return {};
  }
}
