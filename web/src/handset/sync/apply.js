/**
 * Changes of the server into the rows on the phone. Page and cursor go in ONE transaction, so a killed page never skips
 * or repeats. A row with unsent work on it is never replaced or removed: what the server says waits beside it.
 */
const rowName = (c, id) => `row/${c}/${id}`;

/**
 * @param {object} store
 * @param {{username: string, changes: object[], cursor?: object, run?: string, isLast?: boolean}} page
 *   cursor: what to go on from; run: the full pull this page belongs to; isLast: rows of no or another run go now.
 */
export async function applyPage({ db, box, roomy }, { username, changes, cursor, run, isLast = false }) {
  const sealed = await Promise.all(changes.map(async ({ c, id, rev, op, data }) => ({
    username, c, id, rev, op, run, sealed: op === 'put' ? await box.seal(data, rowName(c, id)) : null,
  })));
  await roomy(() => db.transaction('rw', db.row, db.op, db.meta, async () => {
    const held = await pending(db, username);
    for (const change of sealed) await applyOne(db, change, held);
    if (isLast) await removeUnnamed(db, username, run, held);
    if (cursor) await db.meta.put({ key: `cursor/${username}`, value: cursor });
  }));
}

async function pending(db, username) {
  return new Set((await db.op.where({ username }).toArray()).map(({ entity_id }) => entity_id));
}

async function applyOne(db, { op, ...row }, held) {
  const key = [row.username, row.c, row.id];
  const known = await db.row.get(key);
  if (known && held.has(row.id)) await db.row.put({ ...known, run: row.run, later: { op, ...row } });
  else if (op === 'put') await db.row.put(row);
  else await db.row.delete(key);
}

/** After a full pull: what the server no longer names goes, unless work on it is unsent. */
async function removeUnnamed(db, username, run, held) {
  const mine = await db.row.where('[username+c+id]').between([username], [username, []]).toArray();
  const gone = mine.filter((row) => row.run !== run && !held.has(row.id));
  await db.row.bulkDelete(gone.map(({ c, id }) => [username, c, id]));
}

/** The work on a row has arrived: what the server said meanwhile holds now. */
export function release({ db }, username, id) {
  return db.transaction('rw', db.row, db.op, async () => {
    if (await db.op.where({ entity_id: id }).count()) return;
    for (const row of await db.row.where('[username+c+id]').between([username], [username, []]).toArray()) {
      if (row.id === id && row.later) await applyOne(db, row.later, new Set());
    }
  });
}

/** Rows of a collection in clear: `[{id, rev, ...data}]`. */
export async function readRows({ box }, rows) {
  const found = await Promise.all(rows.map(async ({ c, id, rev, sealed }) => {
    const data = await box.open(sealed, rowName(c, id)).catch((error) => {
      if (error.name !== 'OperationError') throw error;
      return null;
    });
    return data && { ...data, id, rev };
  }));
  return found.filter(Boolean);
}

/** What I write into a row before the server has it, e.g. a record edited offline. */
export async function putLocal({ db, box }, username, c, id, data) {
  const sealed = await box.seal(data, rowName(c, id));
  return db.transaction('rw', db.row, async () => {
    const known = await db.row.get([username, c, id]);
    await db.row.put({ ...known, username, c, id, rev: known?.rev ?? null, run: known?.run ?? '', sealed });
  });
}
