/** Forms by version, kept on the phone: a version never changes, and a draft keeps the one it was begun with. */
import { computed, ref, shallowRef, watchEffect } from 'vue';
import { client, db } from '../field.js';

/** The newest version of each form. */
export const forms = shallowRef([]);
export const formsTrouble = ref('');

/** From the phone at once, then what is new from the server. */
export async function refreshForms() {
  await show();
  try {
    const { data } = await client.get('/forms');
    for (const { id, version } of data.items) await fetchForm(id, version);
    formsTrouble.value = '';
    await show();
  } catch (error) {
    formsTrouble.value = error.status === 404 ? '' : error.message;
  }
}

async function fetchForm(id, version) {
  const known = await db.form.get([id, version]);
  if (known) return known;
  const { data } = await client.get(`/forms/${id}/${version}`);
  await db.form.put(data);
  return data;
}

async function show() {
  const newest = new Map();
  (await db.form.toArray()).forEach((form) => {
    if ((newest.get(form.id)?.version ?? 0) < form.version) newest.set(form.id, form);
  });
  forms.value = [...newest.values()];
}

/** @param {() => {id: string, version: number}|null} which */
export function useForm(which) {
  const found = shallowRef(null);
  watchEffect(async () => {
    const wanted = which();
    found.value = wanted ? await fetchForm(wanted.id, wanted.version).catch(() => null) : null;
  });
  return computed(() => found.value);
}

export const findForm = (id, version) => fetchForm(id, version).catch(() => null);
