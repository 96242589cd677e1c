/** One mark of a map as an element: the light of a point by its shape, or the number of those it stands for. */
import { light, URGENCY } from '@/shared/format/light.js';

/** In words, for who listens and for the title. */
export function label({ points, counts, worst, isSelected }) {
  if (points.length === 1) return `${points[0].title}${isSelected ? '，正在看' : ''}`;
  const number = counts[URGENCY.indexOf(worst)];
  return `${points.length} 件，${number === points.length ? '都' : `其中 ${number} 件`}${light(worst).word}`;
}

/** @param {HTMLElement} [element] to be used again  @returns a button  */
export function markOf(mark, element = document.createElement('button')) {
  const { points, worst, isSelected } = mark;
  const isMany = points.length > 1;
  const words = label(mark);
  Object.assign(element, {
    type: 'button', title: words, tabIndex: -1,
    className: ['map-mark', `light-${worst}`, isMany && 'map-cluster', isSelected && 'selected'].filter(Boolean).join(' '),
    textContent: isMany ? `${light(worst).shape} ${short(points.length)}` : light(worst).shape,
  });
  element.dataset.test = isMany ? 'map-cluster' : 'map-point';
  if (!isMany) element.dataset.id = points[0].id;
  element.setAttribute('aria-label', words);
  return element;
}

/** 12,345 → 1.2万: it has to fit. */
const short = (count) => (count < 10_000 ? String(count) : `${(count / 10_000).toFixed(1)}万`);
