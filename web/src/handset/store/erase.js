/** Everything of one person off this phone; other people's things stay. */
export function erasePerson(db, username) {
  return db.transaction('rw', db.tables, async () => {
    const media = await db.media.where({ username }).primaryKeys();
    await db.bytes.bulkDelete(media);
    for (const table of [db.draft, db.op, db.media, db.arrived, db.outbox]) await table.where({ username }).delete();
    for (const table of [db.row, db.point]) {
      const name = table.schema.primKey.name;
      await table.where(name).between([username], [username, []]).delete();
    }
    await db.thumb.clear();
    await db.vault.filter((row) => row.username === username || row.username.startsWith(`${username}/`)).delete();
    await db.meta.filter(({ key }) => key.endsWith(`/${username}`)).delete();
  });
}
