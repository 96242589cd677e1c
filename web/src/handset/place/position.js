/** The device's position, watched from the moment a form opens; the best recent fix counts. */
import { onBeforeUnmount, ref } from 'vue';
import { iso, offset_ms } from '@/shared/clock.js';

const STALE_MS = 60_000;
const REASONS = {
  1: '没有定位权限：请在手机设置里允许，或在图上点一下位置',
  2: '暂时定不到位：到开阔处再试，或在图上点一下位置',
  3: '定位太慢：到开阔处再试，或在图上点一下位置',
};

/** The fix to keep of two: a much newer one, or the more exact one. */
export function better(known, fresh) {
  if (!known || fresh.at - known.at > STALE_MS) return fresh;
  return fresh.accuracy_m <= known.accuracy_m ? fresh : known;
}

/** The fix of the moment the photos were taken: a later one only while it can be the same spot, and is more exact. */
export function atShutter(known, fresh) {
  return known && fresh.at - known.at > STALE_MS ? known : better(known, fresh);
}

/** A fix as the API takes it. */
export const positionOf = (fix) => fix && {
  lon: fix.lon, lat: fix.lat, datum: 'wgs84', accuracy_m: fix.accuracy_m, provider: 'gps', fixed_at: iso(new Date(fix.at + offset_ms.value)),
};

/** @param {() => {accept_m?: number}} policy the watch rests once a fix is as exact as this */
export function usePosition(policy) {
  const fix = ref(null);
  const reason = ref('');
  let watchId = null;

  function start() {
    stop();
    if (!navigator.geolocation) {
      reason.value = '这台手机不支持定位，请在图上点一下位置';
      return;
    }
    const options = { enableHighAccuracy: true, maximumAge: 5000, timeout: 30_000 };
    watchId = navigator.geolocation.watchPosition(arrive, miss, options);
  }

  function arrive({ coords, timestamp }) {
    reason.value = '';
    fix.value = better(fix.value, {
      lon: coords.longitude, lat: coords.latitude, accuracy_m: Math.round(coords.accuracy), at: timestamp,
    });
    if (fix.value.accuracy_m <= (policy().accept_m ?? 15)) stop();
  }

  function miss(error) {
    if (!fix.value) reason.value = REASONS[error.code] ?? REASONS[2];
  }

  function stop() {
    if (watchId !== null) navigator.geolocation.clearWatch(watchId);
    watchId = null;
  }

  function again() {
    fix.value = null;
    reason.value = '';
    start();
  }

  onBeforeUnmount(stop);
  return { fix, reason, start, stop, again };
}
