import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readEvents, SILENCE_MS } from '@/shared/api/stream.js';
import { clashOf, sameStep, since } from '@/console/case/clash.js';
import { createLive } from '@/console/live.js';
import { takeSeat } from '@/shared/api/seat.js';

const bytes = (text) => new TextEncoder().encode(text);
const hint = (seq, told = {}) => `id: 1.a.${seq}\ndata: ${JSON.stringify({ seq, cases: [], notices: false, reset: null, ...told })}\n\n`;
const changed = (id, urgent = false) => ({ id, change: 'changed', urgent });

/** A stream the test speaks into. */
function line() {
  let pen;
  const body = new ReadableStream({ start: (controller) => { pen = controller; } });
  return { stream: { body, close: vi.fn(() => { try { pen.error(new Error('cut')); } catch { /* it is over */ } }) },
    give: (piece) => pen.enqueue(piece), say: (text) => pen.enqueue(bytes(text)), end: () => pen.close(), cut: () => pen.error(new Error('cut')) };
}

/** A client whose answers to /live the test gives one by one; without one there is no network. */
function rig() {
  const lines = [];
  const asked = [];
  const client = { get: vi.fn(async (path, options) => {
    asked.push(options.lastEventId);
    const next = lines.shift();
    if (!next) throw Object.assign(new Error('away'), { kind: 'offline' });
    if (next instanceof Error) throw next;
    return { data: next.stream };
  }) };
  const live = createLive({ client, session: { state: { is: 'in' } } });
  return { live, lines, asked };
}

const told = (listener) => listener.mock.calls.map(([{ all, ids, notices }]) => ({ all, ids: [...ids], notices }));
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  const target = new EventTarget();
  vi.stubGlobal('document', Object.assign(target, { visibilityState: 'visible' }));
  vi.stubGlobal('addEventListener', vi.fn());
  vi.stubGlobal('removeEventListener', vi.fn());
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function show(is) {
  document.visibilityState = is;
  document.dispatchEvent(new Event('visibilitychange'));
}

describe('a stream of events', () => {
  test('is read whatever pieces it comes in, without its beats', async () => {
    const { stream, give, end } = line();
    const heard = [];
    const lives = vi.fn();
    const reading = readEvents(stream, (event) => heard.push(event), lives);
    const all = bytes(`${hint(1)}:\n\n${hint(2, { cases: [changed('甲')] })}`);
    for (let at = 0; at < all.length; at += 7) give(all.slice(at, at + 7)); // some end in the middle of a character
    end();
    await reading;
    expect(heard.map(({ id }) => id)).toEqual(['1.a.1', '1.a.2']);
    expect(JSON.parse(heard[1].data).cases[0].id).toBe('甲');
    expect(lives).toHaveBeenCalled();
  });

  test('that falls silent is dead', async () => {
    const { stream } = line();
    const reading = expect(readEvents(stream, () => {})).rejects.toMatchObject({ kind: 'timeout' });
    await pass(SILENCE_MS + 1);
    await reading;
    expect(stream.close).toHaveBeenCalled();
  });
});

describe('the live page', () => {
  test('reads everything once the stream has begun, then what changed, gathered', async () => {
    const { live, lines } = rig();
    const first = line();
    lines.push(first);
    const listener = vi.fn(async () => {});
    live.subscribe(listener);
    live.start();
    first.say(hint(5));
    await pass();
    expect(told(listener)).toEqual([{ all: true, ids: [], notices: false }]);
    expect(live.state.is).toBe('live');

    first.say(hint(6, { cases: [changed('a')] }));
    first.say(hint(7, { cases: [changed('b'), changed('a')], notices: true }));
    await pass(1100);
    expect(told(listener).slice(1)).toEqual([{ all: false, ids: ['a', 'b'], notices: true }]);
    live.stop();
  });

  test('comes back to where it was, and is lost until what it missed has been read', async () => {
    const { live, lines, asked } = rig();
    const first = line();
    lines.push(first);
    let isAway = false;
    const listener = vi.fn(async () => { if (isAway) throw new Error('away'); });
    live.subscribe(listener);
    live.start();
    first.say(hint(5));
    await pass();
    isAway = true;
    first.cut();
    await pass(1000);
    expect(live.state.is).toBe('live'); // a restart is not worth a word
    await pass(6000);
    expect(live.state.is).toBe('lost');
    expect(live.state.asOf).toBeInstanceOf(Date);

    const second = line();
    lines.push(second);
    await pass(12_000);
    second.say(hint(9, { cases: [changed('missed')] }));
    await pass();
    expect(live.state.is).toBe('lost'); // it hears again, but has not read
    isAway = false;
    await pass(5000);
    expect(live.state.is).toBe('live');
    expect(new Set(asked.slice(1))).toEqual(new Set(['1.a.5']));
    const read = told(listener).at(-1);
    expect(read.all || read.ids.includes('missed')).toBe(true);
    live.stop();
  });

  test('that finds no room for a stream reads every 15 s and says nothing', async () => {
    const { live, lines } = rig();
    const full = Object.assign(new Error('full'), { kind: 'problem', slug: 'streams-full', retryAfter_s: 100 });
    lines.push(full);
    const listener = vi.fn(async () => {});
    live.subscribe(listener);
    live.start();
    await pass(31_000);
    expect(live.state.is).toBe('polling');
    expect(listener.mock.calls.length).toBe(3);
    live.stop();
  });

  test('reads nothing while it is hidden, and everything it heard when it is shown', async () => {
    const { live, lines } = rig();
    const first = line();
    lines.push(first);
    const listener = vi.fn(async () => {});
    const urgent = vi.fn();
    live.subscribe(listener);
    live.onUrgent(urgent);
    live.start();
    first.say(hint(5));
    await pass();
    show('hidden');
    first.say(hint(6, { cases: [changed('a', true)] }));
    first.say(hint(7, { cases: [changed('b')] }));
    await pass(20_000);
    expect(listener).toHaveBeenCalledTimes(1);
    expect(urgent.mock.calls).toEqual([[['a']]]);
    show('visible');
    await pass(1100);
    expect(told(listener)[1].ids).toEqual(['a', 'b']);
    live.stop();
  });

  test('begins anew when the server says so, and when somebody else signs in', async () => {
    const { live, lines, asked } = rig();
    const [first, second] = [line(), line()];
    lines.push(first, second);
    const listener = vi.fn(async () => {});
    live.subscribe(listener);
    live.start();
    first.say(hint(5));
    await pass();
    first.say(hint(8, { reset: 'expired' }));
    await pass(1100);
    expect(told(listener)[1].all).toBe(true);
    live.stop();
    live.start();
    await pass(500);
    expect(asked.at(-1)).toBe('');
    live.stop();
  });

  test('looks at everything again once a minute, for lights turn by the clock', async () => {
    const { live, lines } = rig();
    const first = line();
    lines.push(first);
    const listener = vi.fn(async () => {});
    live.subscribe(listener);
    live.start();
    first.say(hint(5));
    for (let beat = 0; beat < 9; beat += 1) {
      await pass(15_000);
      first.say(':\n\n');
    }
    expect(told(listener).map(({ all }) => all)).toEqual([true, true]);
    live.stop();
  });
});

describe('a step that came too late', () => {
  const entry = (seq, name, label) => ({ seq, at: '2026-11-22T10:05:00+08:00', actor: { name }, action: { label } });
  const step = { action: 'file', href: '/api/events/e1/steps', label: '立案' };
  const before = { id: 'e1', history: [entry(1, '陈秀兰', '上报')], state: { label: '待立案' }, steps: [step] };
  const stale = { status: 412, message: 'x' };

  test('is offered again, with what happened meanwhile', () => {
    const after = { ...before, history: [...before.history, entry(3, '周敏', '下交'), entry(2, '李勇', '上交')], steps: [{ ...step, fields: [] }] };
    const clash = clashOf(before, after, step, { note: '写好的' }, stale);
    expect(clash.entries.map(({ seq }) => seq)).toEqual([3, 2]);
    expect([clash.step.action, clash.fields, clash.reason]).toEqual(['file', { note: '写好的' }, '']);
  });

  test('or the reason why it is gone', () => {
    const after = { ...before, history: [...before.history, entry(2, '周敏', '立案')], state: { label: '待派遣' }, steps: [] };
    const clash = clashOf(before, after, step, {}, stale);
    expect(clash.step).toBeUndefined();
    expect(clash.reason).toMatch(/^周敏 .*办了“立案”，现在是“待派遣”，不能再“立案”。$/);
    expect(clashOf(before, after, step, {}, { status: 409, message: '要先等审批。' }).reason).toBe('要先等审批。');
  });

  test('is found in a department’s part that got another address, but not among several', () => {
    const moved = { ...step, href: '/api/events/e1/assignments/2/steps' };
    expect(sameStep([moved], step)).toBe(moved);
    expect(sameStep([moved, { ...moved, href: '/other' }], step)).toBeUndefined();
    expect(since(before, before)).toEqual([]);
  });
});

describe('a seat for a stream', () => {
  test('is one of four, and is free again when it is given back', async () => {
    const held = new Set();
    const request = async (name, options, hold) => {
      if (held.has(name)) return hold(null);
      held.add(name);
      await hold({ name });
      return held.delete(name);
    };
    vi.stubGlobal('navigator', { locks: { request } });
    const seats = await Promise.all([takeSeat(), takeSeat(), takeSeat(), takeSeat()]);
    expect(seats.every(Boolean)).toBe(true);
    expect(await takeSeat()).toBeNull();
    seats[2]();
    await pass();
    expect(await takeSeat()).toBeTypeOf('function');
  });
});
