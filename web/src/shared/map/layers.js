/** What our maps draw beside areas and points: the device with its accuracy ring, walks, people, what is wrong with outlines. */
import L from 'leaflet';

/** The accent of the page, by day and by night. */
const accent = () => getComputedStyle(document.documentElement).getPropertyValue('--accent').trim();

/** A map without base map and without the library's mark. */
export function createMap(element, { isFixed = false } = {}) {
  const map = L.map(element, {
    preferCanvas: true, renderer: canvas(), zoomControl: false, attributionControl: true, zoomSnap: 0.25, maxZoom: 20,
    dragging: !isFixed, scrollWheelZoom: !isFixed, doubleClickZoom: !isFixed, touchZoom: !isFixed,
  });
  map.attributionControl.setPrefix('');
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

/** People on duty: a dot with the name and how old the place is; older ones faded. */
export function people(list, onSelect) {
  const group = L.featureGroup();
  list.forEach(({ id, lon, lat, name, age, isOld, isSelected }) => {
    const element = document.createElement('span');
    [['name', name], ['age', age]].forEach(([className, textContent]) => {
      element.appendChild(Object.assign(document.createElement('span'), { className, textContent }));
    });
    const className = ['map-person', isOld && 'old', isSelected && 'selected'].filter(Boolean).join(' ');
    const words = `${name}，${age}`;
    const marker = L.marker([lat, lon], { icon: L.divIcon({ className, html: element, iconSize: null }), title: words, alt: words });
    marker.on('click', () => onSelect(id));
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
export function pin({ lon, lat }, className = 'map-pin') {
  return L.marker([lat, lon], {
    icon: L.divIcon({ className, html: '<i></i>', iconSize: [28, 36], iconAnchor: [14, 34] }),
    keyboard: false, interactive: false,
  });
}

/** Where it is said to be while another place is looked for: a hollow pin that says so. */
export function presentPin(place) {
  return pin(place, 'map-pin present').bindTooltip('现在的位置', { permanent: true, direction: 'right', offset: [14, -20] });
}
