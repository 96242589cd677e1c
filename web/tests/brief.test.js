import { describe, expect, test } from 'vitest';
import { inColumns } from '@/console/brief/columns.js';
import { nextOrder, ordered } from '@/console/brief/order.js';
import { areaWords, aspect, chartHeight_px, chartOption } from '@/console/brief/option.js';
import { fileName } from '@/shared/file/save.js';
import { tableType } from '@/shared/file/type.js';

const SQUARE = { type: 'Polygon', coordinates: [[[114, 59], [115, 59], [115, 61], [114, 61], [114, 59]]] };
const MAP = {
  option: { title: { text: '最多在东' }, tooltip: { trigger: 'item' }, series: [{ type: 'map', map: 'brief', data: [] }] },
  geojson: { features: [{ geometry: SQUARE }] },
};
const BARS = {
  option: {
    title: { text: '早上多' }, grid: { left: 8 }, tooltip: { trigger: 'item' }, yAxis: { type: 'category', data: ['a', 'b', 'c'] },
    series: [{ type: 'bar', data: [1, 0, 2], label: { show: true, position: 'right' } }],
  },
  geojson: null,
};

describe('a chart', () => {
  test('leaves its finding to the heading, and names to plain text', () => {
    const option = chartOption(BARS);
    expect(option.title).toBeUndefined();
    expect(option.tooltip).toEqual({ trigger: 'item', renderMode: 'richText' });
    expect(BARS.option.title).toEqual({ text: '早上多' });
  });

  test('says nothing at a bar of nought', () => {
    const { position, formatter } = chartOption(BARS).series[0].label;
    expect([position, formatter({ value: 0 }), formatter({ value: 12 })]).toEqual(['right', '', '12']);
  });

  test('has a legend only where there is more than one series', () => {
    const two = { ...BARS, option: { ...BARS.option, series: [BARS.option.series[0], BARS.option.series[0]] } };
    expect([chartOption(BARS).legend, chartOption(MAP).legend]).toEqual([undefined, undefined]);
    expect(chartOption(two).legend).toBeTruthy();
  });

  test('grows with its rows', () => {
    const more = { ...BARS, option: { ...BARS.option, yAxis: { type: 'category', data: Array(30).fill('x') } } };
    expect(chartHeight_px(more)).toBeGreaterThan(chartHeight_px(BARS));
  });

  test('that is a map keeps the shape of the ground and speaks the name, not the code', () => {
    expect(aspect(MAP.geojson)).toBeCloseTo(0.5, 5);
    expect(aspect({ features: [] })).toBe(1);
    expect(areaWords({ data: { text: '富祥社区第1网格' }, name: '441323002003001', value: 3 })).toBe('富祥社区第1网格　3件');
    expect(areaWords({ data: undefined, name: '海', value: Number.NaN })).toBe('海　0件');
  });
});

test('charts stand in two columns, the next in the shorter; tables below', () => {
  const { columns, tables } = inColumns([MAP, BARS, BARS, { option: null, code: 'late' }]);
  expect(columns).toEqual([[MAP], [BARS, BARS]]);
  expect(tables).toEqual([{ option: null, code: 'late' }]);
});

describe('a table', () => {
  const rows = [[{ value: 2 }], [{ value: null }], [{ value: 10 }]];
  const values = (by) => ordered(rows, by).map(([{ value }]) => value);

  test('is sorted by value, what is missing last', () => {
    expect(values({ column: 0, isDown: true })).toEqual([10, 2, null]);
    expect(values({ column: 0, isDown: false })).toEqual([2, 10, null]);
    expect(values(null)).toEqual([2, null, 10]);
  });

  test('turns at the second click and stands as given at the third', () => {
    const first = nextOrder(null, 1, true);
    const second = nextOrder(first, 1, true);
    expect([first, second, nextOrder(second, 1, true)])
      .toEqual([{ column: 1, isDown: true }, { column: 1, isDown: false }, null]);
    expect(nextOrder(first, 2, false)).toEqual({ column: 2, isDown: false });
  });
});

test.each([
  ["attachment; filename=brief.pdf; filename*=UTF-8''%E6%97%A5%E6%8A%A5.pdf", '日报.pdf'],
  ['attachment; filename="standards.xlsx"', 'standards.xlsx'],
  ["attachment; filename=a.pdf; filename*=UTF-8''%E6", 'a.pdf'],
  [null, 'x.pdf'],
])('the file of %s is called %s', (disposition, name) => {
  expect(fileName(disposition, 'x.pdf')).toBe(name);
});

test('a table is known by its ending', () => {
  expect([tableType('2027.CSV'), tableType('a.b.xlsx').endsWith('.sheet'), tableType('x')]).toEqual(['text/csv', true, 'application/octet-stream']);
});
