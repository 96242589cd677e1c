/** Rows of a report in another order; without a value last, equal ones as they stood. */

/** @param {{value: any}[][]} rows @param {{column: number, isDown: boolean}|null} by */
export function ordered(rows, by) {
  if (!by) return rows;
  const sign = by.isDown ? -1 : 1;
  return [...rows].sort(compare);

  function compare(a, b) {
    const [x, y] = [a[by.column].value, b[by.column].value];
    if (x === null || y === null) return (x === null) - (y === null);
    return sign * (typeof x === 'number' ? x - y : String(x).localeCompare(String(y), 'zh-Hans-CN'));
  }
}

/** The next order when a head is clicked: numbers from the greatest down, words up, then turned, then as given. */
export function nextOrder(by, column, isNumber) {
  if (by?.column !== column) return { column, isDown: isNumber };
  return by.isDown === isNumber ? { column, isDown: !isNumber } : null;
}
