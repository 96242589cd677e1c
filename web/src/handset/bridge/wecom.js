/**
 * WeCom (企业微信): the `wx` object of its JS-SDK in the page. Written to the documented JSAPI (getLocation, scanQRCode,
 * chooseImage with getLocalImgData, onMenuShareAppMessage); tried against stubs only, not on a device. Signing in goes
 * by a redirect of the host (OAuth), which leaves `?code=` in the address.
 */

/** @param {{wx?: object, location?: Location, document?: Document}} scope  @returns {object|null} */
export function driver(scope) {
  const { wx } = scope;
  if (!wx) return null;
  const call = (name, params) => new Promise((resolve, reject) => {
    const run = () => wx[name]({ ...params, success: resolve, fail: reject, cancel: reject });
    if (wx.ready) wx.ready(run);
    else run();
  });
  return {
    loginCode: async () => new URLSearchParams(scope.location?.search ?? '').get('code'),
    /** Asked for in WGS-84; the SDK converts. */
    position: () => call('getLocation', { type: 'wgs84' }).then(({ longitude, latitude, accuracy }) => ({
      lon: Number(longitude), lat: Number(latitude), accuracy_m: Math.round(Number(accuracy)), at: Date.now(), datum: 'wgs84', provider: 'jsapi',
    }), () => null),
    /** Bar codes come as `KIND,content`. */
    scan: async () => (await call('scanQRCode', { needResult: 1, scanType: ['qrCode', 'barCode'] })).resultStr.replace(/^[A-Z0-9_]+,/, ''),
    photo: () => call('chooseImage', { count: 1, sizeType: ['compressed'], sourceType: ['camera'] })
      .then(({ localIds: [localId] }) => call('getLocalImgData', { localId }))
      .then(({ localData }) => blobOf(localData), () => null),
    share: ({ title, text, url }) => call('onMenuShareAppMessage', { title, desc: text, link: url, imgUrl: '' }).then(() => true, () => false),
    title(text) {
      if (scope.document) scope.document.title = text;
    },
  };
}

function blobOf(data) {
  const bytes = Uint8Array.from(atob(data.replace(/^data:[^,]*,/, '')), (letter) => letter.charCodeAt(0));
  return new Blob([bytes], { type: 'image/jpeg' });
}
