/** The camera inside the page: the system's camera app could kill the page, this one cannot. */
import { onBeforeUnmount, ref } from 'vue';

const REASONS = {
  NotAllowedError: '相机没有权限：请在手机设置里允许这个应用用相机。现在可以用下面的办法加照片。',
  NotFoundError: '这台设备没有相机，可以从相册选照片。',
  NotReadableError: '相机正被别的应用占用。关掉它再试，或从相册选照片。',
  insecure: '这个网址不安全（不是 https），不能直接拍照，可以从相册选照片。',
};

export function useCamera() {
  const video = ref(null);
  /** off | starting | on | failed */
  const state = ref('off');
  const reason = ref('');
  let stream = null;
  let isWanted = false;

  async function start() {
    isWanted = true;
    if (stream || state.value === 'starting') return;
    state.value = 'starting';
    try {
      await show(await ask());
    } catch (error) {
      state.value = 'failed';
      reason.value = REASONS[error.name] ?? '相机打不开，可以再试一次，或从相册选照片。';
    }
  }

  async function show(found) {
    if (!isWanted || !video.value) {
      found.getTracks().forEach((track) => track.stop());
      state.value = 'off';
      return;
    }
    stream = found;
    video.value.srcObject = found;
    await video.value.play();
    state.value = 'on';
  }

  function stop() {
    isWanted = false;
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    if (state.value !== 'failed') state.value = 'off';
  }

  /** A hidden page lets the camera go and takes it back when it is seen again. */
  function follow() {
    if (document.visibilityState === 'hidden' && stream) {
      stop();
      isWanted = true;
    } else if (document.visibilityState === 'visible' && isWanted) start();
  }
  document.addEventListener('visibilitychange', follow);
  onBeforeUnmount(() => {
    document.removeEventListener('visibilitychange', follow);
    stop();
  });

  return { video, state, reason, start, stop };
}

function ask() {
  if (!navigator.mediaDevices?.getUserMedia) throw Object.assign(new Error('insecure'), { name: 'insecure' });
  return navigator.mediaDevices.getUserMedia({
    audio: false, video: { facingMode: { ideal: 'environment' }, width: { ideal: 1600 }, height: { ideal: 1200 } },
  });
}
