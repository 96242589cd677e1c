/** The server's time as far as this device knows it; a phone's own clock may be days off. */
import { ref } from 'vue';

/** Milliseconds to add to the device clock. Differences below two seconds are noise of the Date header. */
export const offset_ms = ref(0);

/** Learn from a `Date` header that arrived just now. */
export function observe(date) {
  const server = Date.parse(date ?? '');
  if (Number.isNaN(server)) return;
  const difference = server - Date.now();
  offset_ms.value = Math.abs(difference) < 2000 ? 0 : difference;
}

/** Now, corrected. */
export const now = () => new Date(Date.now() + offset_ms.value);

/** A time as the API wants it: ISO 8601 with the offset of China. */
export const iso = (time) => new Date(time.getTime() + 8 * 3600_000).toISOString().replace('Z', '+08:00');

export const isoNow = () => iso(now());
