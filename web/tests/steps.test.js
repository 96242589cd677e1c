import { describe, expect, test } from 'vitest';
import { isPlain, mainStep, ownSteps, proposed, suggestedStep } from '@/console/case/steps.js';
import { told } from '@/console/case/told.js';
import { commonSteps } from '@/console/queue/bulk.js';
import { changes } from '@/shared/parts/changes.js';

const step = (action, told = {}) => ({ action, href: '/api/events/1/steps', primary: false, danger: false, fields: [], ...told });
const field = (name, told = {}) => ({ name, required: true, value: null, ...told });
const void_ = step('void', { danger: true });
const accept = step('accept', { primary: true });
const decide = step('approve', { primary: true, href: '/api/events/1/requests/2/decisions' });
const event = { steps: [void_, step('hand_up'), decide, accept, step('link')], suggestion: null };

describe('the steps of a case', () => {
  test('the main one first, what cannot be undone last, what stands elsewhere left out', () => {
    expect(ownSteps(event).map(({ action }) => action)).toEqual(['accept', 'hand_up', 'void']);
    expect(mainStep(event)).toBe(accept);
    expect(mainStep({ steps: [decide, void_] })).toBeUndefined();
    expect(event.steps[0]).toBe(void_);
  });

  test('what the rules suggest, as long as it is offered', () => {
    expect(suggestedStep({ ...event, suggestion: { action: 'void' } })).toBe(void_);
    expect(suggestedStep({ ...event, suggestion: { action: 'file' } })).toBeUndefined();
    expect(suggestedStep(event)).toBeNull();
  });

  test('is plain when it asks for nothing but perhaps a word, and can be undone', () => {
    expect(isPlain(step('sign', { fields: [field('note', { required: false })] }))).toBe(true);
    expect(isPlain(step('rework', { fields: [field('note')] }))).toBe(false);
    expect(isPlain(void_)).toBe(false);
  });

  test('has values proposed for all it needs, or none', () => {
    expect(proposed(step('dispatch', { fields: [field('department', { value: 'cg' }), field('note', { required: false })] }))).toEqual({ department: 'cg' });
    expect(proposed(step('locate', { fields: [field('position')] }))).toBe(false);
  });
});

describe('a case that was put elsewhere', () => {
  const from = { area: '富祥社区', lon: 114.72, lat: 22.95, address: '' };

  test('says how far, into which area and at which address', () => {
    expect(changes({ place: { from, to: { area: '富祥社区第1网格', lon: 114.72, lat: 22.959, address: '富祥路12号' } } }))
      .toBe('位置移了 1.0 公里，从富祥社区到富祥社区第1网格；地址：富祥路12号');
  });

  test('says that its address was taken away', () => {
    expect(changes({ place: { from: { ...from, address: '富祥路12号' }, to: from } })).toMatch(/；去掉了地址$/);
  });

  test('within its area says only how far', () => {
    expect(changes({ place: { from, to: { ...from, lat: 22.9501 } } })).toBe('位置移了 11 米');
  });
});

describe('what the form of a step says', () => {
  const fields = [field('position', { kind: 'place' }), field('address', { kind: 'line', value: '富祥路12号' }), field('note', { kind: 'text' })];

  test('is what was filled in, and a line that was emptied', () => {
    const position = { lon: 114.72, lat: 22.95, datum: 'cgcs2000' };
    expect(told(fields, { position, address: '', note: '' })).toEqual({ position, address: '' });
    expect(told(fields, { position, address: '富祥路13号', note: '' })).toEqual({ position, address: '富祥路13号' });
  });

  test('has no empty line that was empty before', () => {
    expect(told([field('address', { kind: 'line' })], { address: '' })).toEqual({});
  });

  test('names of a photo only its print and its kind', () => {
    const photos = [{ sha256: 'ab', role: 'after', bytes: 1 }];
    expect(told([], { photos, assist: ['ga'] })).toEqual({ photos: [{ sha256: 'ab', role: 'after' }], assist: ['ga'] });
  });
});

describe('one step for several cases', () => {
  test('is none that needs a place', () => {
    const steps = [step('locate', { fields: [field('position')] }), step('reject', { fields: [field('note')] })];
    expect(commonSteps(steps, [{ category: { code: 'E0410' } }]).map(({ action }) => action)).toEqual(['reject']);
  });
});
