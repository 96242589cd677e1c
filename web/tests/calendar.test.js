import { expect, test } from 'vitest';
import { months, spells, spellWords } from '@/console/calendar/months.js';

const special = (day, code, name, provisional = false) => ({ day, kind: { code, label: code === 'holiday' ? '放假' : '调休上班' }, name, provisional });
const find = (year, date) => year.flatMap(({ days }) => days).find((day) => day.date === date);

test('a year has its months, each beginning under its weekday', () => {
  const year = months(2026, []);
  expect(year.map(({ days }) => days.length)).toEqual([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);
  expect([year[0].blanks, year[1].blanks, year[5].blanks]).toEqual([3, 6, 0]); // Thursday, Sunday, Monday
  expect(months(2028, [])[1].days).toHaveLength(29);
});

test('what differs from the week bears its word; the rest follows the week', () => {
  const year = months(2026, [special('2026-01-01', 'holiday', '元旦'), special('2026-01-04', 'workday', '元旦调休', true)]);
  expect(find(year, '2026-01-01')).toMatchObject({ mark: '休', kind: 'holiday', isProvisional: false, title: '2026-01-01 放假 元旦' });
  expect(find(year, '2026-01-04')).toMatchObject({ mark: '班', isProvisional: true, title: '2026-01-04 调休上班 元旦调休 暂定' });
  expect([find(year, '2026-01-10').kind, find(year, '2026-01-12').kind]).toEqual(['weekend', 'ordinary']);
});

test('days of one name in a row are one spell', () => {
  const found = spells([
    special('2026-03-01', 'holiday', '节'), special('2026-02-28', 'holiday', '节'), special('2026-03-03', 'holiday', '节'),
    special('2026-03-04', 'workday', '节'),
  ]);
  expect(found.map(spellWords)).toEqual(['02-28 至 03-01，2天', '03-03', '03-04']);
});
