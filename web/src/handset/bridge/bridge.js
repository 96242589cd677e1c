/**
 * One interface to the app we live in, and a driver for each, loaded when needed:
 * loginCode() → one-time code or null · position() → fix or null · scan (function or null) · photo() → Blob or null ·
 * share({title, text, url}) → whether it was shared · title(text).
 */

/** @returns {'dingtalk'|'wecom'|'browser'} by what the host app says of itself; 浙政钉 and 政务钉钉 are DingTalk's kin */
export function hostOf(agent) {
  if (/DingTalk|TaurusApp/i.test(agent)) return 'dingtalk';
  return /wxwork/i.test(agent) ? 'wecom' : 'browser';
}

const DRIVERS = {
  browser: () => import('./browser.js'),
  dingtalk: () => import('./dingtalk.js'),
  wecom: () => import('./wecom.js'),
};
let coming = null;

/** The driver of this host; where the host's own interface is missing, the browser's. */
export function bridge(agent = globalThis.navigator?.userAgent ?? '') {
  coming ??= load(hostOf(agent));
  return coming;
}

async function load(host) {
  const browser = (await DRIVERS.browser()).driver();
  if (host === 'browser') return browser;
  const driver = (await DRIVERS[host]()).driver(globalThis);
  return driver ? { ...browser, ...driver, host } : browser;
}
