/** The client and session of the running app, for components. */
import { inject } from 'vue';

export function provideApi(app, client, session) {
  app.provide('client', client);
  app.provide('session', session);
}

/** @returns {ReturnType<import('./client.js').createClient>} */
export const useClient = () => inject('client');

/** @returns {ReturnType<import('./session.js').createSession>} */
export const useSession = () => inject('session');
