/** The photos of a case in the order of its story: before anybody dealt with it, and after. */
import { distance } from '@/shared/format/number.js';
import { moment } from '@/shared/format/time.js';
import { now } from '@/shared/clock.js';

const AFTER = ['after', 'check'];
const SENT = ['verify', 'check']; // by somebody who was sent there
const FAR_M = 100; // a photo that claims to be from further off is worth a look

/** @param {object[]} items photo_items of a case @returns {{before: object[], after: object[], voices: object[]}} */
export function sorted(items) {
  const voices = items.filter(({ role }) => role.code === 'voice');
  const photos = items.filter(({ role }) => role.code !== 'voice');
  const isAfter = ({ role }) => AFTER.includes(role.code);
  return { before: photos.filter((photo) => !isAfter(photo)), after: photos.filter(isAfter), voices };
}

/** The one to lay beside a photo: the same place in the other row, else its last. */
export function partner(photo, { before, after }) {
  const [own, other] = before.includes(photo) ? [before, after] : [after, before];
  return other[Math.min(own.indexOf(photo), other.length - 1)] ?? null;
}

/** For what, when, by whom; the time is the phone's, else the file's own, else that of its arrival, and says which. */
export function taken({ role, shot_at, claimed, sent_at, uploader }) {
  const [time, word] = [[shot_at, '拍'], [claimed?.shot_at, '拍（照片自称）'], [sent_at, '传到']].find(([at]) => at) ?? [];
  const sent = SENT.includes(role?.code) && role.label;
  return [sent, time && `${moment(time, now())} ${word}`, uploader?.name].filter(Boolean).join(' · ');
}

/** Where the file claims it was taken, against the case. @returns {{words: string, isFar: boolean}} */
export function placeOf({ away_m }) {
  if (away_m === null || away_m === undefined) return { words: '照片里没有位置', isFar: false };
  return { words: `照片自称拍摄地离这里 ${distance(away_m)}`, isFar: away_m > FAR_M };
}
