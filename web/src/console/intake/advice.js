/** What the rules and the cases of the last day say to a form that is being filled in. */
import { ref, shallowRef, watch } from 'vue';
import { client, me } from '../station.js';

const WAIT_MS = 350;
const ENOUGH = 4;

/** Ask again when what is asked changes; a later answer overtakes an earlier one. */
function useAsked(question, ask, none) {
  const answer = shallowRef(none);
  let timer;
  let turn = 0;
  watch(question, (asked) => {
    clearTimeout(timer);
    turn += 1;
    const mine = turn;
    if (!asked) {
      answer.value = none;
      return;
    }
    timer = setTimeout(async () => {
      const found = await ask(JSON.parse(asked)).catch(() => none); // advice only: without it the form works
      if (mine === turn) answer.value = found;
    }, WAIT_MS);
  }, { immediate: true });
  return answer;
}

/** Classes the words sound like, and who would handle the chosen one. */
export function useSuggestion(form) {
  const home = () => me.value?.posts.find(({ area }) => area)?.area?.code;
  const asked = () => {
    const text = form.said.trim().slice(0, 500);
    if (text.length < ENOUGH && !form.category) return '';
    const { position } = form;
    const place = position ? { position } : { area: form.area || home() };
    return JSON.stringify({ text, ...(form.category && { category: form.category }), ...place });
  };
  return useAsked(asked, async (body) => (await client.post('/rules/try', body)).data, null);
}

/** Open cases of the same class near the place, of the last day. */
export function useSimilar(form) {
  const asked = () => (form.category && form.position
    ? JSON.stringify({ category: form.category, lon: form.position.lon, lat: form.position.lat }) : '');
  return useAsked(asked, async (query) => (await client.get('/intakes/similar', { query })).data.items, []);
}

/** Places by words, while they are typed. */
export function usePlaces() {
  const words = ref('');
  const found = useAsked(() => (words.value.trim() ? JSON.stringify(words.value.trim()) : ''),
    async (q) => (await client.get('/intakes/places', { query: { q: q.slice(0, 60) } })).data.items, []);
  return { words, found };
}
