/** Who is on duty and where: looked at only while somebody wants it, because every look is written down. */
import { computed, ref, shallowRef } from 'vue';
import { span } from '@/shared/format/time.js';
import { distance_m } from '@/shared/map/distance.js';
import { walkOf } from '@/shared/map/walk.js';
import { client } from '../station.js';

const AGAIN_MS = 60_000;
const OLD_S = 900; // an older place says little of where somebody is

const isOn = ref(false);
const sightings = shallowRef([]);
const trouble = ref('');
const walk = shallowRef(null);
let timer = null;

async function load() {
  if (document.visibilityState === 'hidden') return;
  try {
    const { data } = await client.get('/workers/positions');
    if (!isOn.value) return;
    sightings.value = data.items;
    trouble.value = '';
  } catch (error) {
    trouble.value = error.message;
  }
}

function off() {
  clearInterval(timer);
  isOn.value = false;
  sightings.value = [];
  walk.value = null;
}

function on() {
  off();
  isOn.value = true;
  timer = setInterval(load, AGAIN_MS);
  return load();
}

/** Where somebody walked on a day. Raises what went wrong. */
async function look(user, day, purpose) {
  const { data } = await client.get('/tracks', { query: { user, day, purpose } });
  walk.value = { ...walkOf(data.segments), user: data.user, day, length_m: data.length_m };
}

const people = computed(() => sightings.value.filter(({ position }) => position).map(seen));
const forget = () => {
  walk.value = null;
};

/** One for the whole desk: map and case speak of the same people. */
export const duty = { isOn, sightings, people, trouble, walk, on, off, look, forget };

function seen({ user, position }) {
  const { lon, lat, age_s } = position;
  return { id: user.username, name: user.name, lon, lat, age: `${span(age_s * 1000)}前`, isOld: age_s > OLD_S };
}

/** People by how far they are from a place, nearest first, with `away_m`; those whose place is old come last. */
export function nearest(people, place) {
  return people.map((one) => ({ ...one, away_m: distance_m(one, place) }))
    .sort((a, b) => Number(Boolean(a.isOld)) - Number(Boolean(b.isOld)) || a.away_m - b.away_m);
}
