/** Does a flag of a case speak of its place? */
const OF_PLACE = ['vague_place', 'no_grid', 'outside_net', 'outside_mine', 'low_accuracy'];
export const isOfPlace = ({ code }) => OF_PLACE.includes(code);
