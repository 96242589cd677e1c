/**
 * DingTalk and its government kin (政务钉钉, 浙政钉): the `dd` object the host or its script puts into the page.
 * Written to the documented JSAPI (runtime.permission.requestAuthCode, device.geolocation.get, biz.util.scan,
 * biz.util.uploadImageFromCamera, biz.util.share, biz.navigation.setTitle); tried against stubs only, not on a device.
 */

/** @param {{dd?: object, _dingCorpId?: string}} scope  @returns {object|null} null without the host's interface */
export function driver(scope) {
  const { dd } = scope;
  if (!dd) return null;
  const call = (method, params) => new Promise((resolve, reject) => {
    const run = () => method({ ...params, onSuccess: resolve, onFail: reject });
    if (dd.ready) dd.ready(run);
    else run();
  });
  return {
    loginCode: async () => (await call(dd.runtime.permission.requestAuthCode, { corpId: scope._dingCorpId ?? '' })).code,
    /** The host's fixes are in the national datum (GCJ-02), and say so. */
    position: () => call(dd.device.geolocation.get, { targetAccuracy: 50, coordinate: 1, withReGeocode: false, useCache: false })
      .then(({ longitude, latitude, accuracy }) => fix(longitude, latitude, accuracy), () => null),
    scan: async () => (await call(dd.biz.util.scan, { type: 'all' })).text ?? null,
    photo: () => call(dd.biz.util.uploadImageFromCamera, { compression: true, quality: 80 })
      .then(([url]) => fetchBlob(url), () => null),
    share: ({ title, text, url }) => call(dd.biz.util.share, { type: 0, url, title, content: text, image: '' }).then(() => true, () => false),
    title: (text) => call(dd.biz.navigation.setTitle, { title: text }).catch(() => {}),
  };
}

const fix = (lon, lat, accuracy) => ({
  lon: Number(lon), lat: Number(lat), accuracy_m: Math.round(Number(accuracy)), at: Date.now(), datum: 'gcj02', provider: 'jsapi',
});

const fetchBlob = (url) => globalThis.fetch(url).then((answer) => answer.blob());
