/** The parts of the running console: session, client, what keeps the page told. One of each. */
import { computed } from 'vue';
import { createClient } from '@/shared/api/client.js';
import { createSession } from '@/shared/api/session.js';
import { createLive } from './live.js';

export const session = createSession({ path: '/api/sessions' });
export const client = createClient({ base: '/api', session });
export const live = createLive({ client, session });
export const me = computed(() => session.state.user);
