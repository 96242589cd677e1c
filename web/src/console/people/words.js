/** What the forms choose from: areas, departments, posts. */
import { shallowRef } from 'vue';
import { client } from '../station.js';

export function useWords() {
  const areas = shallowRef([]);
  const departments = shallowRef([]);
  const posts = shallowRef([]);

  async function loadWords() {
    const [one, two, three] = await Promise.all(['/areas', '/departments', '/posts'].map((path) => client.get(path)));
    areas.value = one.data.items;
    departments.value = two.data.items;
    posts.value = three.data.items;
  }
  return { areas, departments, posts, loadWords };
}

/** `网格员：东明第1网格、东明第2网格`, one line a post. */
export function heldWords(held) {
  const byLabel = new Map();
  held.forEach(({ label, area }) => byLabel.set(label, [...(byLabel.get(label) ?? []), area.name]));
  return [...byLabel].map(([label, names]) => ({ label, areas: names.join('、') }));
}

/** As the form edits them: one row a post, its areas by code. */
export function heldRows(held) {
  const byPost = new Map();
  held.forEach(({ code, area }) => byPost.set(code, [...(byPost.get(code) ?? []), area.code]));
  return [...byPost].map(([post, areas]) => ({ post, areas }));
}

/** The first passwords as a file, from the base64 the server tells once. */
export function sheetBlob(base64) {
  const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
  return new Blob([bytes], { type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' });
}
