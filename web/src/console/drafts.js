/** What somebody is typing, kept in this tab over a reload; gone once it is sent or they sign out. */
import { reactive, watch } from 'vue';
import { me } from './station.js';

const KEY = 'wangge-draft:';

/**
 * @param {string} name  of the form
 * @param {() => object} empty  the form as it begins
 * @returns the form, and a way to begin anew
 */
export function useDraft(name, empty) {
  const key = `${KEY}${me.value.username}:${name}`;
  forgetOthers();
  const form = reactive({ ...empty(), ...kept(key, empty()) });
  watch(form, () => sessionStorage.setItem(key, JSON.stringify(form)), { flush: 'sync' });
  function clear() {
    Object.assign(form, empty());
    sessionStorage.removeItem(key);
  }
  return { form, clear };
}

/** All that anybody was typing in this tab. */
export const forgetDrafts = () => keys().forEach((key) => sessionStorage.removeItem(key));

const forgetOthers = () => keys()
  .filter((key) => !key.startsWith(`${KEY}${me.value.username}:`)).forEach((key) => sessionStorage.removeItem(key));

const keys = () => Object.keys(sessionStorage).filter((key) => key.startsWith(KEY));

/** Field by field: what a form of today does not know, or what was kept broken, is left. */
function kept(key, empty) {
  try {
    const told = JSON.parse(sessionStorage.getItem(key)) ?? {};
    return Object.fromEntries(Object.keys(empty).filter((name) => name in told).map((name) => [name, told[name]]));
  } catch {
    return {};
  }
}
