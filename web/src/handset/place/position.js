/** The device's position, watched from the moment a form opens; the best recent fix counts. */
import { computed, onBeforeUnmount, ref } from 'vue';

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

/** @param {() => {accept_m?: number}} policy the watch rests once a fix is as exact as this */
export function usePosition(policy) {
  const fix = ref(null);
  const reason = ref('');
  const isSearching = ref(false);
  let watchId = null;

  function start() {
    stop();
    if (!navigator.geolocation) {
      reason.value = '这台手机不支持定位，请在图上点一下位置';
      return;
    }
    isSearching.value = true;
    const options = { enableHighAccuracy: true, maximumAge: 5000, timeout: 30_000 };
    watchId = navigator.geolocation.watchPosition(arrive, miss, options);
  }

  function arrive({ coords, timestamp }) {
    reason.value = '';
    fix.value = better(fix.value, {
      lon: coords.longitude, lat: coords.latitude, accuracy_m: Math.round(coords.accuracy), at: timestamp,
    });
    isSearching.value = false;
    if (fix.value.accuracy_m <= (policy().accept_m ?? 15)) stop();
  }

  function miss(error) {
    isSearching.value = false;
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
  /** As the API takes it, or null. */
  const position = computed(() => fix.value && {
    lon: fix.value.lon, lat: fix.value.lat, datum: 'wgs84', accuracy_m: fix.value.accuracy_m, provider: 'gps',
    fixed_at: new Date(fix.value.at + 8 * 3600_000).toISOString().replace('Z', '+08:00'),
  });
  return { fix, position, reason, isSearching, start, stop, again };
}
