import { describe, expect, it, vi } from 'vitest';
import { usePasswordChange, weakness } from '@/shared/api/password.js';

describe('a password of one\'s own', () => {
  it('is long, mixed and does not name the account', () => {
    expect(weakness('Short-1', 'wg01')).not.toBe('');
    expect(weakness('onlylowercase', 'wg01')).not.toBe('');
    expect(weakness('Xwg01-2026-x', 'WG01')).toContain('账号');
    expect(weakness('Qingshan-2026', 'wg01')).toBe('');
  });

  it('is sent only when both fields agree', async () => {
    const session = { state: { user: { username: 'wg01' } }, changePassword: vi.fn() };
    const { form, submit } = usePasswordChange(session, 'first');
    Object.assign(form, { next: 'Qingshan-2026', again: 'Qingshan-2027' });

    expect(await submit()).toBe(null);
    expect(session.changePassword).not.toHaveBeenCalled();
    form.again = form.next;
    expect(await submit()).toBe('Qingshan-2026');
    expect(session.changePassword).toHaveBeenCalledWith('first', 'Qingshan-2026');
  });

  it('stays in the form with the reason when the server refuses', async () => {
    const session = { state: { user: { username: 'wg01' } }, changePassword: vi.fn().mockRejectedValue(new Error('现在的密码不对。')) };
    const { form, submit } = usePasswordChange(session, 'first');
    Object.assign(form, { next: 'Qingshan-2026', again: 'Qingshan-2026' });

    expect(await submit()).toBe(null);
    expect(form.trouble).toBe('现在的密码不对。');
  });
});
