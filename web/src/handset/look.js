/** Large type and the night colours, kept per phone. */
import { ref } from 'vue';

const KEY = 'wangge-large-type';
const night = globalThis.matchMedia?.('(prefers-color-scheme: dark)');

export const isLarge = ref(localStorage.getItem(KEY) === '1');
export const isNight = ref(Boolean(night?.matches));

export function applyLook() {
  document.documentElement.classList.toggle('large', isLarge.value);
  night?.addEventListener('change', ({ matches }) => {
    isNight.value = matches;
  });
}

export function setLarge(isOn) {
  isLarge.value = isOn;
  localStorage.setItem(KEY, isOn ? '1' : '0');
  document.documentElement.classList.toggle('large', isOn);
}
