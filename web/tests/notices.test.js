import { describe, expect, test } from 'vitest';
import { fieldsOf, holds, settingsOf, spell } from '../src/console/notices/channels.js';

describe('a channel', () => {
  test('is sent only what it asks for and what was filled in', () => {
    const form = { url: ' https://x.example ', secret: '', encoding: 'json', body: '{}' };
    expect(settingsOf('dingtalk', form)).toEqual({ url: 'https://x.example' });
    expect(settingsOf('sms', form)).toEqual({ url: 'https://x.example', encoding: 'json', body: '{}' });
  });

  test('keeps its secret behind dots', () => {
    expect(fieldsOf('webhook').filter(({ isSecret }) => isSecret).map(({ name }) => name)).toEqual(['secret']);
    expect(fieldsOf('unknown')).toEqual([]);
  });
});

describe('a dated row', () => {
  const row = { valid_from: '2026-11-22', valid_to: '2026-12-01' };

  test.each([['2026-11-21', false], ['2026-11-22', true], ['2026-11-30', true], ['2026-12-01', false]])('on %s: %s', (day, is) => {
    expect(holds(row, day)).toBe(is);
  });

  test('says how long it holds', () => {
    expect(spell(row)).toBe('2026-11-22 到 2026-12-01（不含）');
    expect(spell({ ...row, valid_to: null })).toBe('2026-11-22 起');
  });
});
