/** First letters of the pinyin of a text, found by the order of the Chinese collation. */

const LETTERS = 'ABCDEFGHJKLMNOPQRSTWXYZ';
const FIRST = '阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥扨它穵夕丫帀';
const collator = new Intl.Collator('zh-Hans-CN');

/** `占道经营` → `zdjy`; other characters stay, in lower case. */
export const initials = (text) => Array.from(text, letter).join('').toLowerCase();

function letter(character) {
  if (!/\p{Script=Han}/u.test(character)) return character;
  let at = 0;
  while (at + 1 < LETTERS.length && collator.compare(FIRST[at + 1], character) <= 0) at += 1;
  return LETTERS[at];
}
