import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { nextTick, ref } from 'vue';
import { spell, useWords } from '@/console/choices.js';
import { etagOf, OVERTAKEN } from '@/console/seen.js';
import { fault, told } from '@/console/settings/areas/checkpoint.js';
import { client, session } from '@/console/station.js';
import { asked, json, serve } from './server.js';

beforeEach(async () => {
  serve(() => json({ access_token: 't', user: { username: 'dd01' } }));
  await session.signIn('dd01', 'secret');
});
afterEach(() => vi.unstubAllGlobals());

describe('a row read in a list', () => {
  test('is written under the ETag of what was seen, and not when it is another by now', async () => {
    serve(() => json({ id: 'w1', version: 4 }, { headers: { ETag: '"v4"' } }));
    expect(await etagOf(client, '/whistles/w1', { version: 4 })).toBe('"v4"');
    await expect(etagOf(client, '/whistles/w1', { version: 3 })).rejects.toThrow(OVERTAKEN);
  });
});

describe('the words of a form', () => {
  test('come with the limits of the area that is chosen', async () => {
    const calls = serve(({ path }) => json({ kinds: [{ code: 'daily', label: '日常', limit: path.includes('area=a2') ? '2小时' : null }] }));
    const area = ref('');
    const words = useWords('/whistles/words', ref(''), () => area.value);
    await vi.waitFor(() => expect(words.value.kinds.map(spell)).toEqual(['日常']));
    area.value = 'a2';
    await nextTick();
    await vi.waitFor(() => expect(words.value.kinds.map(spell)).toEqual(['日常（2小时）']));
    expect(asked(calls, 'GET', '/whistles/words')).toHaveLength(2);
  });
});

describe('the form of a checkpoint', () => {
  const form = { name: ' 东门 ', lon: '114.7', lat: '22.9', radius_m: 30, every_days: '7' };
  test.each([
    [{}, ''], [{ name: ' ' }, '名称'], [{ lon: '' }, '经度'], [{ lat: ' ' }, '纬度'], [{ lat: '91' }, '纬度'],
    [{ radius_m: '4' }, '半径'], [{ radius_m: '' }, '半径'], [{ every_days: '1.5' }, '几天'],
  ])('with %j is to be mended at %s', (change, words) => {
    const found = fault({ ...form, ...change });
    expect(words ? found.includes(words) : found === '').toBe(true);
  });

  test('tells numbers', () => {
    expect(told(form)).toEqual({ name: '东门', lon: 114.7, lat: 22.9, radius_m: 30, every_days: 7 });
  });
});
