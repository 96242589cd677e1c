import { afterEach, expect, test, vi } from 'vitest';
import { uuid } from '@/shared/uuid.js';

afterEach(() => vi.unstubAllGlobals());

test('an id is made also where the page is no secure context (plain http on a test network)', () => {
  vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });

  const ids = Array.from({ length: 100 }, uuid);

  expect(new Set(ids).size).toBe(100);
  ids.forEach((id) => expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/));
});
