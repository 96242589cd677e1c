/**
 * What the handset keeps on the device. Ids, owners, states and sort keys are in clear; everything said, seen or known
 * about people is sealed (see lock/box.js).
 *
 * draft    {key, username, sealed}                                   what is being written
 * op       {op_id, username, seq, kind, entity_id, owner, is, made_at, tries, next_at, body, fate}   unsent work
 * media    {media_id, owner, username, sha256, mime, role, size, shot_at, state, upload_url}  its photos and voice
 * bytes    {media_id, sealed}                                         their contents, apart: lists never load them
 * row      {username, c, id, rev, run, sealed, later?}               collections the server keeps for this person
 * arrived  {op_id, username, made_at, sealed}                        what arrived, a month
 * point    {username, t_ms, is_sent, sealed}                         the patrol's track
 * thumb    {id, at, sealed}                                          small photos seen lately; may be thrown away
 * vault, form, meta: see lock/vault.js, forms/catalogue.js; meta holds small values under a key
 */
import Dexie from 'dexie';

export function openDb(name = 'wangge-handset') {
  const db = new Dexie(name);
  db.version(1).stores({
    draft: 'key',
    outbox: 'client_id, username',
    photo: '[client_id+sha256], client_id',
    receipt: 'client_id, username, made_at',
    meta: 'key',
  });
  // The tables of version 1 stay until their rows are taken over at the first unlocking (see outbox/adopt.js).
  db.version(2).stores({
    draft: 'key, username',
    op: 'op_id, username, entity_id',
    media: 'media_id, owner, username',
    bytes: 'media_id',
    row: '[username+c+id], [username+c]',
    arrived: 'op_id, username, made_at',
    point: '[username+t_ms]',
    thumb: 'id, at',
    form: '[id+version]',
    vault: 'username',
    receipt: null,
  });
  return db;
}

/** A small value under a key that says nothing about people. */
export const remember = (db, key, value) => db.meta.put({ key, value });

export async function recall(db, key) {
  return (await db.meta.get(key))?.value;
}
