/** Makes the painter of a stamp from what the form knows at the moment of the shot. */
import { gridAt } from '../place/grid.js';
import { bootstrap, seat, user } from '../field.js';
import { paintStamp, stampLines } from './stamp.js';

/** @param {() => {fix: object|null, isPointed: boolean}} place */
export const stamper = (place) => (isCamera, at) => {
  const { fix, isPointed } = place();
  const lines = stampLines({
    at, fix, isPointed, isAlbum: !isCamera, grid: gridAt(fix, bootstrap.value.grids)?.name, name: user.value?.name, device: seat.id,
  });
  return (context, width, height) => paintStamp(context, width, height, lines);
};
