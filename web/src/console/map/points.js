/** The cases of a list as points, read again when cases change, but not more often than a map is looked at. */
import { onBeforeUnmount, ref, shallowRef, watch } from 'vue';
import { useLive } from '../live.js';
import { paced } from '../queue/pace.js';
import { client, live } from '../station.js';
import { spotsOf } from './spot.js';

const REST_MS = 5000;

/** @param {() => object | null} query of the list; none while it is not known */
export function usePoints(query) {
  const points = shallowRef([]);
  const most = ref(0); // when they are cut: how many are shown
  const trouble = ref('');
  let etag = null;
  let turn = 0;

  async function load() {
    if (!query()) return;
    turn += 1;
    const mine = turn;
    try {
      const answer = await client.get('/events/points', { query: query(), ifNoneMatch: etag, timeout_s: 60 });
      if (mine !== turn) return;
      trouble.value = '';
      if (answer.status === 304) return;
      etag = answer.etag;
      points.value = spotsOf(answer.data);
      most.value = answer.data.cut ? answer.data.most : 0;
    } catch (error) {
      if (mine === turn) trouble.value = error.message;
    }
  }

  /** Another list: the old points go at once, so that nothing wrong is clicked. */
  watch(() => JSON.stringify(query()), () => {
    turn += 1;
    etag = null;
    points.value = [];
    most.value = 0;
    load();
  }, { immediate: true });
  const again = paced(load, REST_MS);
  useLive(live, { onCases: async () => again.ask() });
  onBeforeUnmount(again.stop);
  return { points, most, trouble, load };
}
