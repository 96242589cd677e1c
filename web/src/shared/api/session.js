/** Who is signed in. The access token lives in this closure only; the refresh token is a cookie we never see. */
import { reactive } from 'vue';
import { Failure } from './failure.js';
import { send } from './transport.js';

/**
 * @param {{path: string, marker?: string, extra?: () => object}} options
 *   path: of the session resource, e.g. `/api/sessions`; extra: headers of every request
 */
export function createSession({ path, marker, extra = () => ({}) }) {
  /** state: unknown (page just opened) | in | change (the first password must go) | out | offline (opened without network). */
  const state = reactive({ is: 'unknown', user: null });
  let token = null;
  let pending = null;

  function admit({ access_token, user }) {
    token = access_token;
    state.user = user;
    state.is = user.must_change_password ? 'change' : 'in';
  }

  function expire() {
    token = null;
    state.is = 'out';
  }

  async function signIn(username, password, told = {}) {
    const json = { username, password, refresh_in: 'cookie', ...told };
    admit((await send(path, { method: 'POST', json, marker, headers: extra() })).data);
  }

  /** A new access token by the cookie. Callers at the same time share one request; tabs take turns. */
  function refresh() {
    pending ??= alone(renew).finally(() => {
      pending = null;
    });
    return pending;
  }

  async function renew() {
    try {
      admit((await send(`${path}/refresh`, { method: 'POST', json: {}, marker, headers: extra() })).data);
    } catch (error) {
      if (error.status !== 401) throw error;
      expire();
      throw new Failure('signed-out', { status: 401 });
    }
  }

  /** A password of one's own; every other session of the person ends, this one goes on. */
  async function changePassword(old, next) {
    if (!token) await refresh();
    const headers = { ...extra(), Authorization: `Bearer ${token}` };
    await send(path.replace(/[^/]+$/, 'me/password'), { method: 'PUT', json: { old, new: next }, headers, marker });
    state.user = { ...state.user, must_change_password: false };
    state.is = 'in';
  }

  /** The server wants another password before anything else. */
  function askPassword() {
    if (state.user) state.is = 'change';
  }

  /** On page load: in, out or offline; never throws. */
  async function restore() {
    await refresh().catch((error) => {
      if (state.is === 'unknown' && error.kind !== 'signed-out') state.is = 'offline';
    });
  }

  async function signOut() {
    const headers = token ? { ...extra(), Authorization: `Bearer ${token}` } : extra();
    await send(path, { method: 'DELETE', headers, marker }).catch((error) => {
      if (error.status !== 401) throw error;
    });
    expire();
    state.user = null;
  }

  return { state, signIn, refresh, restore, signOut, expire, changePassword, askPassword, token: () => token };
}

/** Refresh tokens are used once, so two tabs must not send the same one. */
function alone(work) {
  const locks = globalThis.navigator?.locks;
  return locks ? locks.request('wangge-refresh', work) : work();
}
