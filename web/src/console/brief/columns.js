/** Sections side by side in two columns of about the same height; tables, which need the width, below. */
import { chartHeight_px } from './option.js';

const HEAD_PX = 110;

export function inColumns(sections) {
  const columns = [{ height: 0, items: [] }, { height: 0, items: [] }];
  sections.filter(({ option }) => option).forEach((section) => {
    const [left, right] = columns;
    const shorter = right.height < left.height ? right : left;
    shorter.items.push(section);
    shorter.height += chartHeight_px(section) + HEAD_PX;
  });
  return { columns: columns.map(({ items }) => items), tables: sections.filter(({ option }) => !option) };
}
