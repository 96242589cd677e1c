/** The stamp burnt into a photo: when, where and how exactly, which grid, who, which phone. */
import { fullMoment } from '@/shared/format/time.js';

/**
 * @param {{at: Date, fix?: {lon: number, lat: number, accuracy_m?: number}|null, isPointed?: boolean, grid?: string,
 *   name?: string, device?: string, isAlbum?: boolean}} facts
 * @returns {string[]} two or three lines
 */
export function stampLines({ at, fix, isPointed, grid, name, device, isAlbum }) {
  const seconds = String(at.getUTCSeconds()).padStart(2, '0');
  const when = `${fullMoment(at)}:${seconds}${isAlbum ? ' 相册照片' : ''}`;
  const who = [name, device && `机${device.slice(0, 4)}`].filter(Boolean).join(' ');
  if (isAlbum) return [when, who].filter(Boolean);
  return [when, [place(fix, isPointed), grid].filter(Boolean).join(' '), who].filter(Boolean);
}

function place(fix, isPointed) {
  if (!fix) return '未定位';
  const numbers = `${fix.lon.toFixed(5)}, ${fix.lat.toFixed(5)}`;
  if (isPointed) return `${numbers} 图上点选`;
  return fix.accuracy_m === undefined || fix.accuracy_m === null ? numbers : `${numbers} ±${Math.round(fix.accuracy_m)}米`;
}

/**
 * Where the lines stand: a band at the foot, type a fortieth of the long edge, smaller when a line would not fit.
 * @param {(text: string, font_px: number) => number} measure width of a text
 */
export function stampLayout(width, height, lines, measure) {
  const wanted = Math.max(12, Math.round(Math.max(width, height) / 40));
  const pad = Math.round(wanted * 0.6);
  const widest = Math.max(...lines.map((line) => measure(line, wanted)), 1);
  const font_px = Math.max(8, Math.floor(wanted * Math.min(1, (width - 2 * pad) / widest)));
  const step = Math.round(font_px * 1.4);
  const top = height - lines.length * step - pad;
  return { font_px, band: { x: 0, y: top - pad, width, height: height - top + pad }, rows: lines.map((text, at) => ({ text, x: pad, y: top + at * step })) };
}

/** @param {CanvasRenderingContext2D} context */
export function paintStamp(context, width, height, lines) {
  const font = (px) => `600 ${px}px "PingFang SC", "Noto Sans SC", "Noto Sans CJK SC", sans-serif`;
  const { font_px, band, rows } = stampLayout(width, height, lines, (text, px) => {
    context.font = font(px);
    return context.measureText(text).width;
  });
  context.fillStyle = 'rgb(0 0 0 / 55%)';
  context.fillRect(band.x, band.y, band.width, band.height);
  context.font = font(font_px);
  context.textBaseline = 'top';
  context.fillStyle = '#fff';
  rows.forEach(({ text, x, y }) => context.fillText(text, x, y));
}
