/** What a form of the server asks, without a page: what is shown, what is missing, how a record is named in a list. */
import { cleanText } from '../outbox/words.js';

const isEmpty = (value) => value === undefined || value === null || value === '' || (Array.isArray(value) && !value.length);

export const isShown = ({ show_if: when }, values) => !when || values[when.field] === when.equals;

/** @returns {[string, string][]} field name and what to say, in the order of the form */
export function problems(form, values) {
  return form.fields.filter((field) => field.type !== 'note' && isShown(field, values))
    .map((field) => [field.name, problem(field, values[field.name])]).filter(([, words]) => words);
}

const PHOTOS_MAX = 6; // of a field that says nothing else; the server refuses more

/** How many photos may be added; earlier: those the record has from before. */
export const photoRoom = ({ max }, earlier, taken = 0) => Math.max(0, (max ?? PHOTOS_MAX) - earlier - taken);

const RULES = {
  photo: ({ label, max }, value) => (value.length > (max ?? PHOTOS_MAX) ? `${label}最多 ${max ?? PHOTOS_MAX} 张，请拿掉几张` : ''),
  number: ({ min, max, label }, value) => outside(Number(value), min, max, label),
  integer: ({ min, max, label }, value) => (Number.isInteger(Number(value)) ? outside(Number(value), min, max, label) : `${label}应是整数`),
  phone: ({ label }, value) => (/^\+?[0-9][0-9 -]{2,19}$/.test(value) ? '' : `${label}看起来不对，请再看一下`),
  id_no: ({ label }, value) => (isIdNumber(value) ? '' : `${label}不对：应是 18 位，最后一位是校验码`),
  text: ({ label, max = 200 }, value) => (value.length > max ? `${label}最多 ${max} 个字` : ''),
  longtext: ({ label, max = 2000 }, value) => (value.length > max ? `${label}最多 ${max} 个字` : ''),
};

function problem(field, value) {
  if (isEmpty(value)) return field.required ? `请填${field.label}` : '';
  return RULES[field.type]?.(field, value) ?? '';
}

function outside(number, min, max, label) {
  if (Number.isNaN(number)) return `${label}应是数字`;
  if (min !== undefined && min !== null && number < min) return `${label}不能小于 ${min}`;
  return max !== undefined && max !== null && number > max ? `${label}不能大于 ${max}` : '';
}

/** The check digit of GB 11643. */
export function isIdNumber(text) {
  if (!/^\d{17}[\dX]$/.test(text)) return false;
  const sum = Array.from(text.slice(0, 17)).reduce((total, digit, at) => total + Number(digit) * (2 ** (17 - at) % 11), 0);
  return '10X98765432'[sum % 11] === text[17];
}

/** `"{name} {phone}"` with the record's values in words; id numbers are masked in lists. */
export function listText(form, template, values) {
  return template.replace(/\{(\w+)\}/g, (_, name) => shown(form.fields.find((field) => field.name === name), values[name]));
}

export function shown(field, value) {
  if (isEmpty(value)) return '';
  if (field?.type === 'boolean') return value ? '是' : '否';
  if (field?.type === 'id_no') return `${value.slice(0, 6)}********${value.slice(-4)}`;
  if (field?.options) return [value].flat().map((one) => labelOf(field, one)).join('、');
  if (field?.type === 'place') return value.address || '有位置';
  if (field?.type === 'photo') return `${value.length} 张照片`;
  return String(value);
}

/** Options come as words, or as value and label. */
export const optionsOf = ({ options = [] }) => options.map((one) => (typeof one === 'string' ? { value: one, label: one } : one));
const labelOf = (field, value) => optionsOf(field).find((one) => one.value === value)?.label ?? value;

/** Only what changed since the record was read; what was emptied is told as null. */
export function changed(before, after) {
  const clean = (value) => (typeof value === 'string' ? cleanText(value) : value);
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const found = [...names].map((name) => [name, isEmpty(clean(after[name])) ? null : clean(after[name])])
    .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name] ?? null));
  return Object.fromEntries(found);
}
