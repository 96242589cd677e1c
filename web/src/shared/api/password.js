/** A password of one's own in place of the one that was given out: the two fields, checked before they are sent. */
import { reactive } from 'vue';

const KINDS = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/];
const LEAST = 10;
export const RULE = `至少 ${LEAST} 位，大写、小写、数字、符号至少用三种，不含账号。`;

/** What is wrong with a new password, in words; empty when nothing is. */
export function weakness(password, username) {
  if (password.length < LEAST || KINDS.filter((kind) => kind.test(password)).length < 3) return RULE;
  return username && password.toLowerCase().includes(username.toLowerCase()) ? '密码里不能有账号。' : '';
}

/** @param {object} session @param {string} known the present password, when it has just been typed */
export function usePasswordChange(session, known = '') {
  const form = reactive({ old: known, next: '', again: '', trouble: '', isBusy: false });

  /** The new password once the server has it, else null. */
  async function submit() {
    form.trouble = weakness(form.next, session.state.user?.username);
    if (!form.trouble && form.next !== form.again) form.trouble = '两次输入的新密码不一样。';
    if (form.trouble) return null;
    form.isBusy = true;
    try {
      await session.changePassword(form.old, form.next);
      return form.next;
    } catch (error) {
      form.trouble = error.message;
      return null;
    } finally {
      form.isBusy = false;
    }
  }
  return { form, submit };
}
