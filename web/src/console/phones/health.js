/** What a phone said of itself, in words; lights are colour, shape and word. */
import { moment, span } from '@/shared/format/time.js';

const LIGHTS = {
  lost: { tone: 'red', sign: '■' },
  backlog: { tone: 'amber', sign: '▲' },
  evicted: { tone: 'violet', sign: '◆' },
};
const MB = 1024 * 1024;
const PLATFORMS = { web: '浏览器', dingtalk: '钉钉', wecom: '企业微信' };

/** What the page runs in; a name nobody knows stays as it was said. */
export const platformOf = ({ platform }) => PLATFORMS[platform] ?? platform;

/** Lights of a phone in use; of one that was taken back, its state. */
export function marksOf({ state, lights }) {
  if (state.code !== 'active') return [{ code: state.code, label: state.label, tone: 'grey', sign: '○' }];
  if (!lights.length) return [{ code: 'ok', label: '正常', tone: 'green', sign: '●' }];
  return lights.map(({ code, label }) => ({ code, label, ...LIGHTS[code] }));
}

/** `12 条，最早 09:10`; nothing waits: empty. */
export function waiting({ queue, oldest_at: oldest }, now = new Date()) {
  if (!queue) return '';
  return oldest ? `${queue} 条，最早 ${moment(oldest, now)}` : `${queue} 条`;
}

/** What else an administrator asks of a phone: its room, its battery, its clock, what it complained of. */
export function remarks({ storage, battery, clock_offset_ms: off_ms, last_error: error, evicted_at: evicted }) {
  const { usage, quota, persisted } = storage;
  return [
    Number.isFinite(usage) && Number.isFinite(quota) && `已用 ${Math.round(usage / MB)} MB，可用 ${Math.round(quota / MB)} MB`,
    persisted === false && '系统可能清掉本机内容',
    Number.isFinite(battery) && battery <= 0.2 && `电量 ${Math.round(battery * 100)}%`,
    Math.abs(off_ms ?? 0) >= 60_000 && `时钟${off_ms > 0 ? '慢' : '快'}${span(Math.abs(off_ms))}`,
    evicted && `${moment(evicted)} 丢过本机内容`,
    error && `最近出错：${error}`,
  ].filter(Boolean);
}
