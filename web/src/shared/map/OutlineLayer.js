/**
 * Outlines of areas and their names on a canvas: only what is in view, only corners a zoom can show. Thousands of them
 * are drawn over several frames on a second sheet, which takes the place of the first when it is done: meanwhile the
 * old one goes along with the map, and the page stays free to answer.
 */
import L from 'leaflet';
import { outlineOf } from './outline.js';
import { pass, strokesOf } from './sheet.js';
import { scaleAt, touches, viewOf } from './world.js';

const MARGIN = 0.15;
const SMALLEST = 2; // pixels: a smaller area is nothing one could see
const FRAME_MS = 10;

export const OutlineLayer = L.Renderer.extend({
  options: { padding: MARGIN },
  _areas: [],
  _mine: new Set(),

  /** @param {object[]} areas {code, name, boundary}  @param {string[]} mine codes of those that stand out */
  show(areas, mine) {
    this._areas = areas.filter(({ boundary }) => boundary);
    this._mine = new Set(mine);
    if (this._map) this._update();
  },

  /** Where areas lie; not valid when there are none. */
  boundsOf(areas) {
    const corners = areas.map(outlineOf).filter(Boolean).flatMap(({ box }) => [L.point(box.x0, box.y0), L.point(box.x1, box.y1)]);
    return L.latLngBounds(corners.map((corner) => L.CRS.EPSG3857.pointToLatLng(corner, 0)));
  },

  getEvents() {
    return { ...L.Renderer.prototype.getEvents.call(this), zoomstart: this._stop };
  },

  _initContainer() {
    this._container = newSheet();
  },

  _destroyContainer() {
    this._stop();
    this._container.remove();
    delete this._container;
  },

  _stop() {
    cancelAnimationFrame(this._frame);
    this._frame = null;
  },

  _reset() {
    this._update();
    if (this._bounds) this._onZoom(); // the old sheet, as it lies on the new view
  },

  _update() {
    if (!this._container || this._map._animatingZoom) return;
    this._stop();
    const shown = { _bounds: this._bounds, _center: this._center, _zoom: this._zoom };
    L.Renderer.prototype._update.call(this);
    const next = { _bounds: this._bounds, _center: this._center, _zoom: this._zoom };
    Object.assign(this, shown);
    const sheet = newSheet();
    const strokes = this._strokes(sheet, next._bounds);
    const draw = () => {
      const until = performance.now() + FRAME_MS;
      while (strokes.length && performance.now() < until) pass(strokes);
      if (strokes.length) this._frame = requestAnimationFrame(draw);
      else this._swap(sheet, next);
    };
    draw();
  },

  _swap(sheet, next) {
    this._frame = null;
    Object.assign(this, next);
    L.DomUtil.setPosition(sheet, next._bounds.min);
    this._container.replaceWith(sheet);
    this._container = sheet;
  },

  /** What there is to draw, in small parts. */
  _strokes(sheet, bounds) {
    const [zoom, size, ratio] = [this._map.getZoom(), bounds.getSize(), globalThis.devicePixelRatio || 1];
    const scale = scaleAt(zoom);
    const view = viewOf(this._map, MARGIN);
    Object.assign(sheet, { width: size.x * ratio, height: size.y * ratio });
    Object.assign(sheet.style, { width: `${size.x}px`, height: `${size.y}px` });
    const seen = this._areas.filter((area) => {
      const { box } = outlineOf(area);
      return touches(box, view) && Math.max(box.x1 - box.x0, box.y1 - box.y0) * scale >= SMALLEST;
    });
    const isMine = ({ code }) => this._mine.has(code);
    return strokesOf(sheet, {
      zoom, scale, ratio, corner: bounds.min.add(this._map.getPixelOrigin()), ...colours(this._map.getContainer()),
      mine: seen.filter(isMine), others: seen.filter((area) => !isMine(area)),
    });
  },
});

const newSheet = () => L.DomUtil.create('canvas', 'map-outlines leaflet-zoom-animated');

/** The colours of the page, by day and by night. */
function colours(element) {
  const style = getComputedStyle(element);
  const named = (name) => style.getPropertyValue(name).trim();
  return { accent: named('--accent'), ink: named('--ink-2'), ground: named('--ground'), font: `12px ${style.fontFamily}` };
}
