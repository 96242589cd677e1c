/** The parts of the running console: session and client. One of each. */
import { computed } from 'vue';
import { createClient } from '@/shared/api/client.js';
import { createSession } from '@/shared/api/session.js';

export const session = createSession({ path: '/api/sessions' });
export const client = createClient({ base: '/api', session });
export const me = computed(() => session.state.user);
