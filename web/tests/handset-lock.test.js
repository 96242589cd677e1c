import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createBox, Locked } from '@/handset/lock/box.js';
import { createKeeper } from '@/handset/lock/keeper.js';
import { createVault, isWeak, TRIES } from '@/handset/lock/vault.js';
import { ITERATIONS, makeKey, unwrap, wrap } from '@/handset/lock/wrap.js';
import { emptyReport, loadDraft, saveDraft } from '@/handset/outbox/draft.js';
import { erasePerson } from '@/handset/store/erase.js';
import { createStore } from '@/handset/store/store.js';
import { makeStore } from './handset-rig.js';

const QUICK = 1000;
const PIN = '258036';
let store;
let keeper;

beforeEach(async () => {
  store = createStore((await makeStore()).db, createBox());
  keeper = createKeeper({ store, iterations: QUICK });
});
afterEach(async () => {
  vi.useRealTimers();
  await store.db.delete();
});

describe('the box', () => {
  test('seals and opens, each time otherwise, and only under the same name', async () => {
    const box = createBox();
    box.hold(await makeKey());
    const [first, second] = [await box.seal({ 名: '陈' }, 'row/1'), await box.seal({ 名: '陈' }, 'row/1')];
    expect(await box.open(first, 'row/1')).toEqual({ 名: '陈' });
    expect(new Uint8Array(first.data)).not.toEqual(new Uint8Array(second.data));
    await expect(box.open(first, 'row/2')).rejects.toMatchObject({ name: 'OperationError' });
  });

  test('does nothing once the key is gone', async () => {
    const box = createBox();
    await expect(box.seal({}, 'x')).rejects.toBeInstanceOf(Locked);
  });
});

describe('the data key', () => {
  test('is wrapped with at least 310,000 rounds, and comes out not extractable', async () => {
    expect(ITERATIONS).toBeGreaterThanOrEqual(310_000);
    const key = await unwrap(await wrap(await makeKey(), PIN), PIN);
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
  });

  test('stays shut for another secret', async () => {
    expect(await unwrap(await wrap(await makeKey(), PIN, QUICK), '258037', {})).toBeNull();
  });
});

test.each([['000000', true], ['123456', true], ['654321', true], ['258036', false], ['112233', false]])('%s is too easy: %s', (pin, is) => {
  expect(isWeak(pin)).toBe(is);
});

describe('the vault', () => {
  test('blocks the PIN after five wrong ones, whatever comes then', async () => {
    const vault = createVault(store.db, QUICK);
    await vault.create('wg01', PIN, 'secret');
    const lefts = [];
    for (let tries = 0; tries < TRIES; tries += 1) lefts.push((await vault.unlock('wg01', '999990')).left);
    expect(lefts).toEqual([4, 3, 2, 1, 0]);
    expect(await vault.unlock('wg01', PIN)).toEqual({ key: null, left: 0 });
    expect(await vault.byPassword('wg01', 'secret')).not.toBeNull();
  });

  test('counts a try before it is made: killing the page gives none for free', async () => {
    const vault = createVault(store.db, QUICK);
    await vault.create('wg01', PIN, 'secret');
    const killed = vault.unlock('wg01', '999990');
    await vi.waitFor(async () => expect((await vault.find('wg01')).wrong).toBe(1));
    await killed;
  });
});

describe('whose phone it is', () => {
  async function settled() {
    await keeper.admit('wg01', 'secret');
    await keeper.choose(PIN);
    await saveDraft(store, { ...emptyReport('wg01'), description: '没送出的' });
  }
  const words = async () => (await loadDraft(store, emptyReport('wg01'))).description;

  /** The app started anew on the same phone. */
  async function restarted() {
    store = createStore(store.db, createBox());
    keeper = createKeeper({ store, iterations: QUICK });
    await keeper.load();
  }

  test('a new phone asks to sign in, then for a PIN', async () => {
    await keeper.load();
    expect(keeper.lock.is).toBe('none');
    await keeper.admit('wg01', 'secret');
    expect(keeper.lock.is).toBe('setup');
    await keeper.choose(PIN);
    expect(keeper.lock.is).toBe('open');
  });

  test('a start finds it locked; the PIN opens what was kept; a wrong one does not', async () => {
    await settled();
    await restarted();
    expect(keeper.lock.is).toBe('locked');
    expect(await keeper.unlock('999990')).toBe(false);
    await expect(words()).rejects.toBeInstanceOf(Locked);
    expect(await keeper.unlock(PIN)).toBe(true);
    expect(await words()).toBe('没送出的');
  });

  test('five wrong PINs: the password opens it and a new PIN is chosen, nothing is lost', async () => {
    await settled();
    await restarted();
    for (let tries = 0; tries < TRIES; tries += 1) await keeper.unlock('999990');
    expect(keeper.lock.isBlocked).toBe(true);
    await keeper.admit('wg01', 'secret');
    expect(keeper.lock.is).toBe('setup');
    await keeper.choose('471902');
    expect(await words()).toBe('没送出的');
    await restarted();
    expect(await keeper.unlock(PIN)).toBe(false);
    expect(await keeper.unlock('471902')).toBe(true);
  });

  test('a password changed elsewhere: the PIN opens it and the new password counts from then on', async () => {
    await settled();
    await restarted();
    await keeper.admit('wg01', 'new-secret');
    expect(keeper.lock).toMatchObject({ is: 'locked', isOtherPassword: true });
    await keeper.unlock(PIN);
    expect(await words()).toBe('没送出的');
    expect(await keeper.vault.byPassword('wg01', 'new-secret')).not.toBeNull();
  });

  test('the PIN forgotten and the password changed: the old password still opens it', async () => {
    await settled();
    await restarted();
    await keeper.admit('wg01', 'new-secret');
    expect(await keeper.openByOld('nonsense')).toBe(false);
    expect(await keeper.openByOld('secret')).toBe(true);
    expect(await words()).toBe('没送出的');
  });

  test('both lost: a new start throws nothing away', async () => {
    await settled();
    await restarted();
    await keeper.admit('wg01', 'new-secret');
    keeper.startAnew();
    await keeper.choose('471902');
    expect(keeper.lock.is).toBe('open');
    expect(await store.db.draft.count()).toBe(1);
    expect(await store.db.vault.count()).toBe(2);
  });

  test('a changed PIN is the only one', async () => {
    await settled();
    expect(await keeper.changePin('999990', '471902')).toBe(false);
    expect(await keeper.changePin(PIN, '471902')).toBe(true);
    await restarted();
    expect(await keeper.unlock('471902')).toBe(true);
  });

  test('erasing one person leaves another’s work', async () => {
    await settled();
    await saveDraft(store, emptyReport('wg02'));
    await erasePerson(store.db, 'wg01');
    expect((await store.db.draft.toArray()).map(({ username }) => username)).toEqual(['wg02']);
    expect(await store.db.vault.count()).toBe(0);
  });
});
