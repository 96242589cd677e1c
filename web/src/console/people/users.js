/** The list of people. */
import { usePages } from '../pages.js';

const NO_FILTERS = { q: '', department: '', post: '', area: '', state: '' };

export const useUsers = () => usePages('/users', NO_FILTERS);
