/** Writing to a row read in a list: only if it still is as it was seen. If-Match alone would guard a fresh read only. */
export const OVERTAKEN = '已被别人更新，请刷新后再看。';

/**
 * @param {string} path  of the row
 * @param {{version: number}} seen  the row as it is shown
 * @returns the ETag to write under
 */
export async function etagOf(client, path, seen) {
  const { data, etag } = await client.get(path);
  if (data.version !== seen.version) throw new Error(OVERTAKEN);
  return etag;
}
