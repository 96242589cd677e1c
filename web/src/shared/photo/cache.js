/** Photos fetched with the user's token, as object URLs; the oldest are let go. */

const LIMIT = 80;
/** @type {Map<string, Promise<string>>} */
const urls = new Map();

/** @param {ReturnType<import('@/shared/api/client.js').createClient>} client */
export function photoUrl(client, id, size) {
  const key = `${id}/${size}`;
  const known = urls.get(key);
  if (known) return known;
  const coming = client.photo(id, size).then(({ data }) => URL.createObjectURL(data));
  urls.set(key, coming);
  coming.catch(() => urls.delete(key));
  if (urls.size > LIMIT) letGo(urls.keys().next().value);
  return coming;
}

function letGo(key) {
  const url = urls.get(key);
  urls.delete(key);
  url.then(URL.revokeObjectURL, () => {});
}

/** At sign-out nothing of the last user stays in memory. */
export function forgetPhotos() {
  [...urls.keys()].forEach(letGo);
}
