/** What cannot wait calls: a short sound, and while the tab is hidden a number in its title. */
import { ref } from 'vue';

const KEY = 'wangge-sound';
const REST_MS = 3000; // several at once are one call
const TONES = [[0, 880], [0.16, 1175]]; // when (seconds) and how high (Hz)
const PLAIN = document.title;

export const hasSound = ref(localStorage.getItem(KEY) !== 'off');
const waiting = new Set();
let audio = null;
let calledAt = 0;

export function setSound(isOn) {
  hasSound.value = isOn;
  localStorage.setItem(KEY, isOn ? 'on' : 'off');
  if (isOn) play();
}

/** Cases that call. @param {string[]} ids */
export function call(ids) {
  if (document.visibilityState === 'hidden') {
    ids.forEach((id) => waiting.add(id));
    document.title = `(${waiting.size}) ${PLAIN}`;
  }
  if (!hasSound.value || Date.now() - calledAt < REST_MS) return;
  calledAt = Date.now();
  play();
}

/** Browsers let a page sound only after somebody has touched it; before, it stays silent. */
function allow() {
  audio ??= globalThis.AudioContext ? new globalThis.AudioContext() : null;
  audio?.resume();
}

function play() {
  if (audio?.state !== 'running') return;
  for (const [after_s, pitch] of TONES) {
    const [tone, loudness] = [audio.createOscillator(), audio.createGain()];
    const at = audio.currentTime + after_s;
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.15, at);
    loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.15);
    tone.connect(loudness).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.15);
  }
}

['pointerdown', 'keydown'].forEach((touch) => globalThis.addEventListener(touch, allow, { once: true }));
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') return;
  waiting.clear();
  document.title = PLAIN;
});
