/** What the tester asks the server. */

export const emptyQuestion = () => ({ text: '', category: '', condition: '', place: null, at: '' });

/**
 * Without a place, the area of one's post; without a time, now.
 * @param {ReturnType<typeof emptyQuestion>} form at: local time without offset
 * @param {string|undefined} home code of an area
 */
export function question({ text, category, condition, place, at }, home) {
  return {
    text: text.trim(),
    ...(category && { category }),
    ...(condition && { condition }),
    ...(place ? { position: { lon: place.lon, lat: place.lat, datum: 'cgcs2000' } } : home && { area: home }),
    ...(at && { at: `${at}+08:00` }),
  };
}

export const isAsked = ({ text, category }) => Boolean(text.trim() || category);
