/** Finding among up to 20,000 records on the phone: plain words and first letters of the pinyin of the title. */
import { initials } from '@/shared/format/initials.js';

const cache = new Map();

/** The same title is spelt once. */
function letters(title) {
  let known = cache.get(title);
  if (known === undefined) {
    known = initials(title);
    cache.set(title, known);
  }
  return known;
}

/** @param {{title: string, values?: object}[]} records */
export const indexed = (records) => records.map((record) => ({
  record, text: [record.title, ...Object.values(record.values ?? {}).filter((value) => typeof value !== 'object')].join(' ').toLowerCase(),
}));

/** All words must be there; letters are tried when nothing else is. */
export function found(index, words) {
  const sought = words.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (!sought.length) return index.map(({ record }) => record);
  const hits = index.filter(({ text }) => sought.every((word) => text.includes(word)));
  const isLetters = /^[a-z]+$/.test(sought.join(''));
  const wanted = hits.length || !isLetters ? hits : index.filter(({ record }) => letters(record.title ?? '').includes(sought.join('')));
  return wanted.map(({ record }) => record);
}
