/** Who is signed in. The access token lives in this closure only; the refresh token is a cookie we never see. */
import { reactive } from 'vue';
import { Failure } from './failure.js';
import { send } from './transport.js';

/**
 * @param {{path: string, marker?: string}} options path of the session resource, e.g. `/api/sessions`
 */
export function createSession({ path, marker }) {
  /** state: unknown (page just opened) | in | out | offline (opened without network). */
  const state = reactive({ is: 'unknown', user: null });
  let token = null;
  let pending = null;

  function admit({ access_token, user }) {
    token = access_token;
    state.user = user;
    state.is = 'in';
  }

  function expire() {
    token = null;
    state.is = 'out';
  }

  async function signIn(username, password, extra = {}) {
    const json = { username, password, refresh_in: 'cookie', ...extra };
    admit((await send(path, { method: 'POST', json, marker })).data);
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
      admit((await send(`${path}/refresh`, { method: 'POST', json: {}, marker })).data);
    } catch (error) {
      if (error.status !== 401) throw error;
      expire();
      throw new Failure('signed-out', { status: 401 });
    }
  }

  /** On page load: in, out or offline; never throws. */
  async function restore() {
    await refresh().catch((error) => {
      if (state.is === 'unknown' && error.kind !== 'signed-out') state.is = 'offline';
    });
  }

  async function signOut() {
    const headers = token ? { Authorization: `Bearer ${token}` } : {};
    await send(path, { method: 'DELETE', headers, marker }).catch((error) => {
      if (error.status !== 401) throw error;
    });
    expire();
    state.user = null;
  }

  return { state, signIn, refresh, restore, signOut, expire, token: () => token };
}

/** Refresh tokens are used once, so two tabs must not send the same one. */
function alone(work) {
  const locks = globalThis.navigator?.locks;
  return locks ? locks.request('wangge-refresh', work) : work();
}
