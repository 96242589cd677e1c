/** The track on the phone: each point sealed, kept two days, sent in batches, done with only by the server's word. */
const KEEP_MS = 48 * 3600_000;
const MOST = 500;
const name = (username, t_ms) => `point/${username}/${t_ms}`;
const own = (db, username, from = 0) => db.point.where('[username+t_ms]').between([username, from], [username, Infinity], true, true);

export async function addPoint({ db, box, roomy }, username, point) {
  const sealed = await box.seal(point, name(username, point.t_ms));
  await roomy(() => db.point.put({ username, t_ms: point.t_ms, is_sent: 0, sealed }));
}

export async function pointsSince({ db, box }, username, from) {
  const rows = await own(db, username, from).toArray();
  return Promise.all(rows.map(({ t_ms, sealed }) => box.open(sealed, name(username, t_ms))));
}

/** Send what is not sent; what the server refused for good is told so and stays for the map only. */
export async function sendPoints(store, client, username) {
  const { db, box } = store;
  for (;;) {
    const rows = (await own(db, username).filter(({ is_sent }) => !is_sent).limit(MOST).toArray());
    if (!rows.length) break;
    const points = await Promise.all(rows.map(({ t_ms, sealed }) => box.open(sealed, name(username, t_ms))));
    await client.post('/tracks', { points }, { retries: 0 });
    await db.transaction('rw', db.point, () => Promise.all(rows.map((row) => db.point.put({ ...row, is_sent: 1 }))));
  }
  await own(db, username).filter(({ is_sent, t_ms }) => is_sent && t_ms < Date.now() - KEEP_MS).delete();
}
