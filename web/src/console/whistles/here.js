/** Where this device is, once; a rejection says in words why it could not be told. */
const REASONS = {
  1: '没有定位权限：请在浏览器里允许后再试',
  2: '暂时定不到位：到开阔处再试',
  3: '定位太慢：到开阔处再试',
};

export const here = () => new Promise((resolve, reject) => {
  if (!navigator.geolocation) reject(new Error('这台设备不能定位，请用手机报到'));
  else navigator.geolocation.getCurrentPosition(
    ({ coords }) => resolve({ lon: coords.longitude, lat: coords.latitude, datum: 'wgs84', accuracy_m: Math.round(coords.accuracy) }),
    ({ code }) => reject(new Error(REASONS[code] ?? REASONS[2])),
    { enableHighAccuracy: true, timeout: 20_000, maximumAge: 5000 },
  );
});
