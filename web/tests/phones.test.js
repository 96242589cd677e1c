import { describe, expect, test } from 'vitest';
import { marksOf, remarks, waiting } from '@/console/phones/health.js';
import { memberWords, payloadOf, rowsOf } from '@/console/phones/payload.js';

const PHONE = {
  state: { code: 'active', label: '在用' }, lights: [], queue: 0, oldest_at: null, storage: {}, battery: null,
  clock_offset_ms: null, last_error: '', evicted_at: null,
};

describe('what a phone said of itself', () => {
  test('is a light with a sign and a word, also when all is well and when it was taken back', () => {
    const lost = { ...PHONE, lights: [{ code: 'lost', label: '失联' }, { code: 'backlog', label: '积压' }] };
    expect(marksOf(lost).map(({ sign, label }) => sign + label)).toEqual(['■失联', '▲积压']);
    expect(marksOf(PHONE)[0]).toMatchObject({ label: '正常', tone: 'green' });
    expect(marksOf({ ...PHONE, state: { code: 'draining', label: '待清除' } })[0].label).toBe('待清除');
  });

  test('is told only where it matters', () => {
    expect(remarks(PHONE)).toEqual([]);
    const bad = { ...PHONE, battery: 0.11, clock_offset_ms: -3 * 86_400_000, storage: { usage: 5e6, quota: 5e7, persisted: false } };
    expect(remarks(bad)).toEqual(['已用 5 MB，可用 48 MB', '系统可能清掉本机内容', '电量 11%', '时钟快3天']);
    expect(waiting({ queue: 3, oldest_at: '2026-11-23T09:10:00+08:00' }, new Date('2026-11-23T12:00:00+08:00'))).toBe('3 条，最早 09:10');
  });
});

describe('a refused op', () => {
  const payload = { category: 'E04100', description: '路口', position: { lon: 114.7, lat: 22.9, datum: 'wgs84' }, practice: false };

  test('is read row by row, what was refused is marked', () => {
    const rows = rowsOf(payload, 'category');
    expect(rows.filter(({ isWrong }) => isWrong).map(({ label }) => label)).toEqual(['类别']);
    expect(rows.map(({ label }) => label)).toContain('位置 · 经度');
  });

  test('is mended at its place, and nothing else changes', () => {
    const rows = rowsOf(payload, 'category');
    rows.find(({ path }) => path[0] === 'category').value = 'E0410';
    rows.find(({ path }) => path.at(-1) === 'lat').value = '22.95';
    expect(payloadOf(payload, rows)).toEqual({ ...payload, category: 'E0410', position: { lon: 114.7, lat: 22.95, datum: 'wgs84' } });
    expect(payload.category).toBe('E04100');
  });

  test('hides numbers of other things until they are what is wrong', () => {
    const visit = { checkpoint: '0f', same_as: '1a', note: '到了' };
    expect(rowsOf(visit, 'position').map(({ label }) => label)).toEqual(['说明', '位置']);
    expect(rowsOf(visit, 'checkpoint').find(({ isWrong }) => isWrong)).toMatchObject({ label: '巡查点' });
  });

  test('that lacks a value gets a place for it; an emptied one is left out', () => {
    const diary = { kind: 'diary', values: { date: '2026-11-23' } };
    const rows = rowsOf(diary, 'done', { done: '做了什么', date: '日期' });
    expect(rows.at(-1)).toMatchObject({ label: '做了什么', value: '', isWrong: true });
    rows.at(-1).value = '走访';
    rows.find(({ label }) => label === '日期').value = '';
    expect(payloadOf(diary, rows)).toEqual({ kind: 'diary', values: { done: '走访' } });
  });

  test('takes members off a list, named by their code or their place', () => {
    const report = { category: 'E0410', photos: [{ sha256: 'a' }, { sha256: 'b' }], tags: ['x', 'y'] };
    const rows = rowsOf(report, 'photos');
    const photos = rows.find(({ path }) => path[0] === 'photos');

    expect(photos.value.map(memberWords)).toEqual(['第 1 项', '第 2 项']);
    expect(report.tags.map(memberWords)).toEqual(['x', 'y']);
    photos.value = photos.value.filter((_, at) => at !== 0);
    expect(payloadOf(report, rows).photos).toEqual([{ sha256: 'b' }]);
  });
});
