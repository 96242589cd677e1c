import { describe, expect, it } from 'vitest';
import { openAtFirst, rowsOf, within } from '@/console/settings/areas/tree.js';

const area = (code, name, level, parent) => ({ code, name, level: { code: level, label: level }, parent });
const AREAS = [
  area('44', '省', 'province', null),
  area('4401', '市', 'city', '44'),
  area('440101001', '甲街道', 'street', '4401'),
  area('440101001002', '乙社区', 'community', '440101001'),
  area('440101001001', '丙社区', 'community', '440101001'),
  area('440101001001001', '丙社区第1网格', 'grid', '440101001001'),
];

describe('the tree of areas', () => {
  it('is open down to the communities at first, in the order of codes', () => {
    const rows = rowsOf(AREAS, openAtFirst(AREAS));

    expect(rows.map(({ name }) => name)).toEqual(['省', '市', '甲街道', '丙社区', '乙社区']);
    expect(rows.map(({ depth }) => depth)).toEqual([0, 1, 2, 3, 3]);
    expect(rows[3].count).toBe(1);
  });

  it('shows what words find with all that is above it, closed or not', () => {
    expect(rowsOf(AREAS, new Set(), '第1').map(({ name }) => name)).toEqual(['省', '市', '甲街道', '丙社区', '丙社区第1网格']);
    expect(rowsOf(AREAS, new Set(), '没有的')).toEqual([]);
  });

  it('an area whose parent is not there stands at the top', () => {
    expect(rowsOf([area('9', '孤', 'grid', '1')], new Set())).toHaveLength(1);
  });

  it('an area comes with all below it', () => {
    expect(within(AREAS, '440101001').map(({ code }) => code)).toEqual(
      ['440101001', '440101001001', '440101001001001', '440101001002']);
  });
});
