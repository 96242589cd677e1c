/** What waits for me, from what the phone holds: works without a network. */
import { computed } from 'vue';
import { rows, unsent } from './field.js';

const inWork = computed(() => new Set(unsent.value.map(({ entity_id }) => entity_id)));

/** Tasks neither answered nor with an answer on its way. */
export const openTasks = computed(() => rows.task.filter((task) => !task.result && !task.answered_at && !inWork.value.has(task.id)));
export const isAnswered = (task) => inWork.value.has(task.id);
export const unread = computed(() => rows.notice.filter(({ read_at, id }) => !read_at && !inWork.value.has(id)).length);
