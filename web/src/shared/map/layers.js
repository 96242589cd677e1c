/** What our maps draw: outlines with names, lights at places, the device with its accuracy ring. */
import L from 'leaflet';
import { light } from '@/shared/format/light.js';

/** The accent of the page, by day and by night. */
const accent = () => getComputedStyle(document.documentElement).getPropertyValue('--accent').trim();
const mineStyle = () => ({ color: accent(), weight: 3, fillColor: accent(), fillOpacity: 0.08 });
const NEIGHBOUR = { color: '#8c959f', weight: 1, fillColor: '#f6f8fa', fillOpacity: 0.01 };

/** A map without base map and without the library's mark. */
export function createMap(element, { isFixed = false } = {}) {
  const map = L.map(element, {
    preferCanvas: true, renderer: canvas(), zoomControl: false, attributionControl: true, zoomSnap: 0.25, maxZoom: 20,
    dragging: !isFixed, scrollWheelZoom: !isFixed, doubleClickZoom: !isFixed, touchZoom: !isFixed,
  });
  map.attributionControl.setPrefix('');
  map.createPane('names').style.zIndex = 450; // below the lights
  if (!isFixed) L.control.zoom({ position: 'bottomright', zoomInTitle: '放大', zoomOutTitle: '缩小' }).addTo(map);
  return map.setView([22.95, 114.72], 12);
}

/** Leaflet may ask for one more redraw after a map was removed (seen with 1.9.4), when there is nothing to draw on. */
function canvas() {
  const renderer = L.canvas();
  const redraw = renderer._redraw;
  renderer._redraw = function redrawIfThere() {
    if (this._ctx) redraw.call(this);
  };
  return renderer;
}

/** Outlines of areas; those whose code is in `mine` stand out. */
export function outlines(areas, mine) {
  const group = L.featureGroup();
  areas.filter((area) => area.boundary).forEach((area) => {
    const shape = L.geoJSON(area.boundary, {
      style: mine.includes(area.code) ? mineStyle() : NEIGHBOUR, interactive: false,
    });
    shape.bindTooltip(nameOf(area), { permanent: true, direction: 'center', className: 'area-name', pane: 'names' });
    group.addLayer(shape);
  });
  return group;
}

/** What is wrong with outlines: red, with its kind and square metres, and a ring where it is too small to see. */
export function faults(features) {
  const style = { color: '#c62828', weight: 2, fillColor: '#c62828', fillOpacity: 0.45 };
  const group = L.featureGroup();
  features.forEach((feature) => {
    const { flaw, area_m2 } = feature.properties;
    const shape = L.geoJSON(feature, { style, interactive: false });
    const words = `${flaw.label} ${area_m2 < 10 ? area_m2.toFixed(1) : Math.round(area_m2)} 平方米`;
    shape.bindTooltip(words, { permanent: true, direction: 'right', className: 'area-flaw' });
    group.addLayer(shape);
    group.addLayer(L.circleMarker(shape.getBounds().getCenter(), { ...style, radius: 14, fill: false, interactive: false }));
  });
  return group;
}

/** Markers one can see, hear and reach by keyboard: shape and colour of the light. */
export function lights(points, onSelect) {
  const group = L.featureGroup();
  points.forEach((point) => {
    const marker = L.marker([point.lat, point.lon], {
      icon: L.divIcon({
        className: `map-light light-${point.light}${point.isSelected ? ' selected' : ''}`,
        html: light(point.light).shape, iconSize: [28, 28],
      }),
      title: point.title, alt: point.title, zIndexOffset: point.isSelected ? 1000 : 0,
    });
    marker.on('click', () => onSelect(point.id));
    group.addLayer(marker);
  });
  return group;
}

/** The device: a dot in its ring of uncertainty. */
export function device({ lon, lat, accuracy_m }) {
  const dot = L.circleMarker([lat, lon], { radius: 7, color: '#fff', weight: 2, fillColor: accent(), fillOpacity: 1, interactive: false });
  const ring = L.circle([lat, lon], { radius: accuracy_m ?? 0, color: accent(), weight: 1, fillOpacity: 0.1, interactive: false });
  return L.featureGroup(accuracy_m ? [ring, dot] : [dot]);
}

/** A walked track: solid where it is known, a thin dashed line over each gap. */
export function track(lines, gaps) {
  const at = ({ lon, lat }) => [lat, lon];
  const solid = { color: accent(), weight: 4, opacity: 0.85, interactive: false };
  const dashed = { color: '#8c959f', weight: 2, dashArray: '4 8', interactive: false };
  return L.featureGroup([
    ...lines.map((line) => (line.length > 1 ? L.polyline(line.map(at), solid) : L.circleMarker(at(line[0]), { ...solid, radius: 2 }))),
    ...gaps.map((gap) => L.polyline(gap.map(at), dashed)),
  ]);
}

/** The place somebody pointed at. */
export function pin({ lon, lat }) {
  return L.marker([lat, lon], {
    icon: L.divIcon({ className: 'map-pin', html: '<i></i>', iconSize: [28, 36], iconAnchor: [14, 34] }),
    keyboard: false, interactive: false,
  });
}

/** The name, and a short form for the far view: 富祥社区第1网格 → 富祥1. */
function nameOf({ name }) {
  const element = document.createElement('span');
  [['near', name], ['far', name.replace('社区第', '').replace('网格', '')]].forEach(([className, text]) => {
    element.appendChild(Object.assign(document.createElement('span'), { className, textContent: text }));
  });
  return element;
}
