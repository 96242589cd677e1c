/** Widths of the panes, kept per browser. */
const KEY = 'wangge-panes';

export function keptPanes() {
  const [queue, dossier] = (localStorage.getItem(KEY) ?? '').split(',').map(Number);
  return { queue: queue || 400, dossier: dossier || 440 };
}

/** @param {number[]} sizes of queue, map and case in px */
export const keepPanes = ([queue, , dossier]) => localStorage.setItem(KEY, `${Math.round(queue)},${Math.round(dossier)}`);
