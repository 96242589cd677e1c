/** The plain browser: what the web offers by itself. */

export const driver = () => ({
  host: 'browser',
  loginCode: async () => null,
  position: () => new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(null);
    return navigator.geolocation.getCurrentPosition(
      ({ coords, timestamp }) => resolve({
        lon: coords.longitude, lat: coords.latitude, accuracy_m: Math.round(coords.accuracy), at: timestamp, datum: 'wgs84', provider: 'gps',
      }),
      () => resolve(null),
      { enableHighAccuracy: true, timeout: 30_000, maximumAge: 5000 },
    );
  }),
  /** The page's own scanner is used (see parts/ScanSheet.vue). */
  scan: null,
  /** The page's own camera is used; this is the way on without one. */
  photo: () => pick('image/*'),
  async share({ title, text, url }) {
    if (navigator.share) return navigator.share({ title, text, url }).then(() => true, () => false);
    await navigator.clipboard?.writeText([title, text, url].filter(Boolean).join('\n'));
    return Boolean(navigator.clipboard);
  },
  title(text) {
    document.title = text;
  },
});

function pick(accept) {
  return new Promise((resolve) => {
    const input = Object.assign(document.createElement('input'), { type: 'file', accept });
    input.addEventListener('change', () => resolve(input.files[0] ?? null));
    input.addEventListener('cancel', () => resolve(null));
    input.click();
  });
}
