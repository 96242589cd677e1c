/** Photos of cases for the pages: small ones are kept sealed on the phone, so that they are there without a network. */
const MOST = 300;
const name = (id) => `thumb/${id}`;

/** The client the pages are given: as the real one, but `photo` looks on the phone first. */
export function withThumbs(client, { db, box }) {
  async function photo(id, size) {
    if (size !== 'thumb') return client.photo(id, size).catch((error) => kept(id).then((data) => data ?? Promise.reject(error)));
    return (await kept(id)) ?? fetched(id);
  }

  async function kept(id) {
    const row = box.isOpen() ? await db.thumb.get(id) : null;
    const bytes = row && await box.openBytes(row.sealed, name(id)).catch(() => null);
    return bytes && { data: new Blob([bytes], { type: 'image/jpeg' }) };
  }

  async function fetched(id) {
    const answer = await client.photo(id, 'thumb');
    if (box.isOpen()) await put(id, await answer.data.arrayBuffer()).catch(() => {});
    return answer;
  }

  async function put(id, bytes) {
    await db.thumb.put({ id, at: Date.now(), sealed: await box.sealBytes(bytes, name(id)) });
    const surplus = (await db.thumb.count()) - MOST;
    if (surplus > 0) await db.thumb.bulkDelete(await db.thumb.orderBy('at').limit(surplus).primaryKeys());
  }

  /** Fetch ahead what a worker will need on the spot. */
  async function ahead(ids) {
    for (const id of ids) await photo(id, 'thumb').catch(() => {});
  }

  return { ...client, photo, ahead };
}
