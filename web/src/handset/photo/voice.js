/** A spoken note of at most a minute, small enough for a bad network (Opus, 16 kbit/s). */
import { onBeforeUnmount, ref } from 'vue';

export const LONGEST_S = 60;
const KINDS = ['audio/webm;codecs=opus', 'audio/ogg;codecs=opus', 'audio/mp4'];

export function useVoice() {
  const isOn = ref(false);
  const seconds = ref(0);
  const reason = ref('');
  let recorder = null;
  let timer = null;

  /** @returns {Promise<Blob|null>} what was said, once stopped by hand or by the clock */
  async function record() {
    reason.value = '';
    const stream = await navigator.mediaDevices?.getUserMedia({ audio: true }).catch(() => null);
    if (!stream || !globalThis.MediaRecorder) {
      reason.value = '没有麦克风权限：请在手机设置里允许，或写几个字。';
      return null;
    }
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 16_000 });
    return listen(stream);
  }

  function listen(stream) {
    const parts = [];
    isOn.value = true;
    seconds.value = 0;
    timer = setInterval(() => {
      seconds.value += 1;
      if (seconds.value >= LONGEST_S) stop();
    }, 1000);
    return new Promise((resolve) => {
      recorder.ondataavailable = ({ data }) => data.size && parts.push(data);
      recorder.onstop = () => {
        stream.getTracks().forEach((track) => track.stop());
        resolve(parts.length ? new Blob(parts, { type: recorder.mimeType.split(';')[0] }) : null);
      };
      recorder.start();
    });
  }

  function stop() {
    clearInterval(timer);
    isOn.value = false;
    if (recorder?.state === 'recording') recorder.stop();
  }

  onBeforeUnmount(stop);
  return { isOn, seconds, reason, record, stop };
}

/** Play bytes without an address of their own, which the page's security policy would not allow. */
export async function play(bytes) {
  const context = new AudioContext();
  const source = context.createBufferSource();
  source.buffer = await context.decodeAudioData(bytes.slice(0));
  source.connect(context.destination);
  source.onended = () => context.close();
  source.start();
}
