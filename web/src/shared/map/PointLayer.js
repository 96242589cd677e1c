/**
 * Points one can see, hear, click and reach by keyboard: shape and colour of the light; many in one place are one mark
 * with their number. Only what is in view is drawn, and what stays in view stays the same element.
 */
import L from 'leaflet';
import { following, gather, isStack, marksIn, placed } from './cluster.js';
import { label, markOf } from './mark.js';
import { scaleAt, touches, viewOf } from './world.js';

const MARGIN = 0.25;
const NEAR = 17; // from this zoom on only what would overlap is drawn together
const EVERYWHERE = { x0: -Infinity, y0: -Infinity, x1: Infinity, y1: Infinity };
const FEW = 300; // as many may stand side by side
const [CELL_NEAR, CELL_FAR] = [36, 64]; // pixels

export const PointLayer = L.Layer.extend({
  /** @param {{isClustered?: boolean, onSelect: (id: string) => void, onStack: (points: object[], at: L.Point) => void}} options */
  initialize(options) {
    L.setOptions(this, options);
    this._placed = placed([]);
    this._selected = null;
    this._gathered = new Map();
    this._drawn = new Map();
  },

  /** @param {{id, lon, lat, light, title}[]} points */
  show(points) {
    this._placed = placed(points);
    this._gathered.clear();
    if (this._map) this._draw();
  },

  /** One that stands out and is never drawn together with others; it need not be among the points. */
  select(point) {
    this._selected = point;
    if (this._map) this._draw();
  },

  onAdd(map) {
    this._box = L.DomUtil.create('div', 'map-points leaflet-zoom-hide', map.getPanes().markerPane);
    L.DomEvent.on(this._box, 'click', this._click, this);
    L.DomEvent.on(this._box, 'keydown', this._press, this);
    L.DomEvent.on(this._box, 'dblclick', L.DomEvent.stopPropagation);
    this._draw();
  },

  onRemove() {
    this._box.remove();
    this._drawn.clear();
  },

  getEvents() {
    return { moveend: this._draw, viewreset: this._draw };
  },

  _cell() {
    if (!this.options.isClustered) return 0;
    return this._map.getZoom() < NEAR && this._placed.points.length > FEW ? CELL_FAR : CELL_NEAR;
  },

  /** Gathered at this zoom and kept, so that going about and coming back costs nothing. */
  _cells() {
    const level = Math.floor(this._map.getZoom());
    if (!this._gathered.has(level)) this._gathered.set(level, gather(this._placed, level, this._cell()));
    return this._gathered.get(level);
  },

  _seen() {
    const isSelected = ({ points }) => points.length === 1 && points[0].id === this._selected?.id;
    const seen = marksIn(this._cells(), viewOf(this._map, MARGIN)).filter((mark) => !isSelected(mark));
    if (!this._selected) return seen;
    const alone = gather(placed([this._selected]), 0, 0);
    return [...seen, ...marksIn(alone, EVERYWHERE).map((mark) => ({ ...mark, isSelected: true }))];
  },

  _draw() {
    const seen = this._seen();
    const keys = new Set(seen.map(({ key }) => key));
    this._drawn.forEach(({ element }, key) => {
      if (keys.has(key)) return;
      if (element === document.activeElement) this._map.getContainer().focus({ preventScroll: true });
      element.remove();
      this._drawn.delete(key);
    });
    seen.forEach((mark) => this._place(mark));
    this._rove(this._stop && keys.has(this._stop) ? this._stop : seen[seen.length - 1]?.key);
  },

  _place(mark) {
    const old = this._drawn.get(mark.key);
    const element = old && old.says === label(mark) ? old.element : markOf(mark, old?.element);
    if (!old) this._box.appendChild(element);
    const scale = scaleAt(this._map.getZoom());
    L.DomUtil.setPosition(element, L.point(mark.x * scale, mark.y * scale).subtract(this._map.getPixelOrigin()).round());
    this._drawn.set(mark.key, { element, mark, says: label(mark) });
  },

  /** One stop of the Tab key for all marks; the arrows lead from one to the next. */
  _rove(key) {
    const [before, now] = [this._drawn.get(this._stop), this._drawn.get(key)];
    if (before) before.element.tabIndex = -1;
    if (now) now.element.tabIndex = 0;
    this._stop = key;
  },

  _under({ target }) {
    const element = target.closest('.map-mark');
    return [...this._drawn.values()].find((one) => one.element === element)?.mark;
  },

  _click(event) {
    const mark = this._under(event);
    if (!mark) return;
    L.DomEvent.stop(event);
    if (this._map.dragging?.moved()) return;
    this._rove(mark.key);
    if (mark.points.length === 1) this.options.onSelect(mark.points[0].id);
    else if (isStack(mark, this._map.getMaxZoom(), CELL_NEAR)) this.options.onStack(mark.points, this._onScreen(mark));
    else this._approach(mark, event.detail === 0);
  },

  _onScreen({ key }) {
    return this._map.layerPointToContainerPoint(L.DomUtil.getPosition(this._drawn.get(key).element));
  },

  /** Nearer, until its points part. By keyboard the focus goes on to the first of them. */
  _approach({ box }, isByKey) {
    const corner = (x, y) => L.CRS.EPSG3857.pointToLatLng(L.point(x, y), 0);
    const bounds = L.latLngBounds(corner(box.x0, box.y0), corner(box.x1, box.y1));
    if (isByKey) {
      this._map.once('moveend', () => {
        const inside = [...this._drawn.values()].find(({ mark }) => touches({ x0: mark.x, x1: mark.x, y0: mark.y, y1: mark.y }, box));
        inside?.element.focus({ preventScroll: true });
        if (inside) this._rove(inside.mark.key);
      });
    }
    const zoom = Math.max(this._map.getBoundsZoom(bounds, false, L.point(48, 48)), Math.floor(this._map.getZoom()) + 1);
    this._map.setView(bounds.getCenter(), Math.min(zoom, this._map.getMaxZoom()));
  },

  /** Arrows go from mark to mark; Enter and Space are the button's own and nobody else's. */
  _press(event) {
    const mark = this._under(event);
    if (!mark || !/^(Arrow|Enter$| $)/.test(event.key)) return;
    L.DomEvent.stopPropagation(event);
    if (!event.key.startsWith('Arrow')) return;
    L.DomEvent.preventDefault(event);
    const next = following([...this._drawn.values()].map((one) => one.mark), mark, event.key);
    if (!next) return;
    this._rove(next.key);
    this._drawn.get(next.key).element.focus();
  },
});
