/** Drawing areas on a sheet, part by part: others' outlines, one's own, then the names. */
import { outlineOf } from './outline.js';
import { touches } from './world.js';

const AT_ONCE = 200; // one path of thousands of outlines takes longer to draw than many paths of some
const LINE = 14;

/**
 * @param {HTMLCanvasElement} sheet
 * @param {{zoom: number, scale: number, ratio: number, corner: {x: number, y: number}, accent: string, ink: string,
 *   ground: string, font: string, mine: object[], others: object[]}} told corner: of the sheet, in pixels of the world
 * @returns {(() => void)[]}
 */
export function strokesOf(sheet, told) {
  const paint = { ...told, pen: sheet.getContext('2d', { willReadFrequently: true }) };
  paint.pen.setTransform(told.ratio, 0, 0, told.ratio, 0, 0);
  const parts = [];
  for (let at = 0; at < told.others.length; at += AT_ONCE) {
    const some = told.others.slice(at, at + AT_ONCE);
    parts.push(() => {
      trace(paint, some);
      stroke(paint, '#8c959f', 1);
      paint.pen.getImageData(0, 0, 1, 1); // now, not all of them at once when the frame is painted
    });
  }
  parts.push(() => {
    trace(paint, told.mine);
    Object.assign(paint.pen, { globalAlpha: 0.08, fillStyle: paint.accent });
    paint.pen.fill('evenodd');
    paint.pen.globalAlpha = 1;
    stroke(paint, paint.accent, 3);
  });
  const taken = []; // where names stand: no two over each other, one's own first
  parts.push(() => name(paint, told.mine, taken, true), () => name(paint, told.others, taken, false));
  return parts;
}

/** Do the next part. */
export const pass = (parts) => parts.shift()();

function trace({ pen, zoom, scale, corner }, areas) {
  pen.beginPath();
  areas.forEach((area) => outlineOf(area).at(zoom).forEach((ring) => {
    pen.moveTo(ring[0] * scale - corner.x, ring[1] * scale - corner.y);
    for (let i = 2; i < ring.length; i += 2) pen.lineTo(ring[i] * scale - corner.x, ring[i + 1] * scale - corner.y);
    pen.closePath();
  }));
}

function stroke({ pen }, colour, width) {
  Object.assign(pen, { strokeStyle: colour, lineWidth: width, lineJoin: 'round' });
  pen.stroke();
}

/** Names where there is room for them and no other stands: whole, else short, else none; isAlways: at least the short one. */
function name({ pen, scale, corner, ink, ground, font }, areas, taken, isAlways) {
  Object.assign(pen, { font, textAlign: 'center', textBaseline: 'middle', fillStyle: ink, strokeStyle: ground, lineWidth: 3 });
  areas.forEach((area) => {
    const { box, middle } = outlineOf(area);
    const room = (box.x1 - box.x0) * scale;
    if ((box.y1 - box.y0) * scale < LINE && !isAlways) return;
    const [x, y] = [middle.x * scale - corner.x, middle.y * scale - corner.y];
    const spotOf = (words) => {
      const half = pen.measureText(words).width / 2;
      return { x0: x - half, x1: x + half, y0: y - LINE / 2, y1: y + LINE / 2 };
    };
    const isFree = (spot) => spot.x1 - spot.x0 <= room && !taken.some((one) => touches(one, spot));
    const fits = (words) => room >= words.length * 12 * 0.8 && isFree(spotOf(words)); // measuring thousands takes long
    const [long, short] = [area.name, shortName(area)];
    const words = [long, short].find(fits) ?? (isAlways ? short : '');
    if (!words) return;
    taken.push(spotOf(words));
    pen.strokeText(words, x, y);
    pen.fillText(words, x, y);
  });
}

/** 富祥社区第1网格 → 富祥1. */
const shortName = ({ name: words }) => words.replace('社区第', '').replace('网格', '');
