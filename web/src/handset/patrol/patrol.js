/** The patrol of this phone: on or off, what it walked today, kept over pages and restarts. One of it. */
import { reactive, watch } from 'vue';
import { iso, now, offset_ms } from '@/shared/clock.js';
import { uuid } from '@/shared/uuid.js';
import { bootstrap, client, lock, send, store, username } from '../field.js';
import { shiftOp } from '../outbox/op.js';
import { addPoint, pointsSince, sendPoints } from './points.js';
import { recent } from './round.js';
import { isWorth } from './track.js';

/** points: of today; here: the last fix; reason: why there is none. */
export const patrol = reactive({ shift: null, points: [], here: null, reason: '', isAwake: false });
let watchId = null;
let wake = null;
let sender = null;

const key = () => `shift/${username.value}`;

/** China's midnight, on the phone's own clock, which stamps the points. */
const midnight = () => Date.parse(`${iso(now()).slice(0, 10)}T00:00:00+08:00`) - offset_ms.value;

watch(username, async (name) => {
  if (!name) {
    rest();
    Object.assign(patrol, { shift: null, points: [] });
    return;
  }
  patrol.shift = (await store.kept(key())) ?? null;
  patrol.points = await pointsSince(store, name, midnight());
  if (patrol.shift) walk();
}, { immediate: true });

export async function signOn() {
  const op = shiftOp(uuid(), true, position());
  patrol.shift = { id: op.entity_id, op_id: op.op_id, on_at: op.occurred_at };
  await store.keep(key(), { ...patrol.shift });
  await send(op, '签到');
  walk();
}

export async function signOff() {
  const { id, op_id } = patrol.shift;
  const op = shiftOp(id, false, position(), [op_id]);
  await send(op, '签退');
  await store.db.meta.delete(key());
  patrol.shift = null;
  rest();
  deliver();
}

/** Where I am now; nothing when that is not known. */
function position() {
  const here = recent(patrol.here, now());
  if (!here) return null;
  const { lon, lat, accuracy_m, t_ms } = here;
  return { lon, lat, accuracy_m, datum: 'wgs84', provider: 'gps', fixed_at: iso(new Date(t_ms)) };
}

/** Watch while this page is in front; with the screen off a web page gets no fixes, hence the wake lock. */
function walk() {
  if (watchId !== null || !navigator.geolocation) return;
  watchId = navigator.geolocation.watchPosition(arrive, ({ code }) => {
    patrol.reason = code === 1 ? '没有定位权限：请在手机设置里允许，轨迹才记得下来' : '暂时定不到位，到开阔处会接着记';
  }, { enableHighAccuracy: true, maximumAge: 5000, timeout: 60_000 });
  stayAwake();
  document.addEventListener('visibilitychange', stayAwake);
  sender ??= setInterval(deliver, 60_000);
}

async function stayAwake() {
  if (document.visibilityState !== 'visible' || !navigator.wakeLock || watchId === null) return;
  wake = await navigator.wakeLock.request('screen').catch(() => null);
  patrol.isAwake = Boolean(wake);
  wake?.addEventListener('release', () => {
    patrol.isAwake = false;
  });
}

function rest() {
  if (watchId !== null) navigator.geolocation.clearWatch(watchId);
  watchId = null;
  patrol.here = null;
  wake?.release().catch(() => {});
  clearInterval(sender);
  sender = null;
  document.removeEventListener('visibilitychange', stayAwake);
}

async function arrive({ coords, timestamp }) {
  patrol.reason = '';
  const point = {
    t_ms: Math.round(timestamp + offset_ms.value), lon: coords.longitude, lat: coords.latitude, datum: 'wgs84',
    accuracy_m: Math.round(coords.accuracy),
  };
  if (coords.speed) point.speed_mps = Math.round(coords.speed * 10) / 10;
  patrol.here = point;
  if (!username.value || !isWorth(patrol.points[patrol.points.length - 1], point)) return;
  patrol.points.push(point);
  await addPoint(store, username.value, point).catch(() => {
    patrol.reason = '手机空间满了，轨迹没存下';
  });
}

async function deliver() {
  if (!username.value || lock.is !== 'open' || !bootstrap.value.policy?.tracks) return;
  await sendPoints(store, client, username.value).catch(() => {});
}
