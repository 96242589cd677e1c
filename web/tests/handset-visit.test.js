import { beforeEach, describe, expect, test, vi } from 'vitest';
import { nextTick, reactive, shallowRef } from 'vue';

const field = vi.hoisted(() => ({}));
vi.mock('@/handset/field.js', () => field);
Object.assign(field, {
  rows: reactive({ checkpoint: [] }), unsent: shallowRef([]), username: shallowRef('wg01'), bootstrap: shallowRef({ policy: {} }),
  lock: { is: 'open' }, client: {}, takes: () => true, send: vi.fn(async () => {}),
  store: { kept: async () => null, keep: async () => {}, db: { meta: { delete: async () => {} }, point: { where: () => ({ between: () => ({ toArray: async () => [], filter: () => ({ limit: () => ({ toArray: async () => [] }), delete: async () => {} }) }) }) } } },
});
const { patrol, signOff } = await import('@/handset/patrol/patrol.js');
await import('@/handset/patrol/visit.js');

const here = (lat = 22.95) => ({ lon: 114.72, lat, accuracy_m: 8, t_ms: Date.now() });
const settle = async () => {
  await nextTick();
  await new Promise((done) => setTimeout(done));
};

beforeEach(() => {
  field.send.mockReset().mockResolvedValue();
  field.unsent.value = [];
  Object.assign(patrol, { shift: { id: 's', op_id: 'o' }, here: null, reason: '' });
});

describe('walking past a checkpoint', () => {
  const point = (id) => ({ id, name: id, lon: 114.72, lat: 22.95, radius_m: 30, every_days: 1, visited_at: null, due_at: '2026-11-22T00:00:00+08:00' });

  test('ticks it once, with when the fix was taken', async () => {
    field.rows.checkpoint = [point('a')];
    patrol.here = here();
    await settle();
    patrol.here = here(22.95001);
    await settle();
    expect(field.send).toHaveBeenCalledTimes(1);
    expect(field.send.mock.calls[0][0].payload.position.fixed_at).toMatch(/^\d{4}-/);
  });

  test('that cannot be kept says so, and is tried again', async () => {
    field.rows.checkpoint = [point('b')];
    field.send.mockRejectedValueOnce(new Error('no'));
    patrol.here = here();
    await settle();
    expect(patrol.reason).toContain('打卡没存下');
    patrol.here = here(22.95001);
    await settle();
    expect(field.send).toHaveBeenCalledTimes(2);
  });

  test('that the server refused is left to the worker', async () => {
    field.rows.checkpoint = [point('c')];
    field.unsent.value = [{ kind: 'checkpoint.visit', is: 'parked', op: { occurred_at: new Date().toISOString(), payload: { checkpoint: 'c' } } }];
    patrol.here = here();
    await settle();
    expect(field.send).not.toHaveBeenCalled();
  });

  test('ends with the shift: where one was is forgotten', async () => {
    field.rows.checkpoint = [];
    vi.stubGlobal('document', { removeEventListener() {} });
    patrol.here = here();
    await signOff();
    vi.unstubAllGlobals();
    expect(patrol.here).toBeNull();
  });
});
