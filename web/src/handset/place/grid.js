/** Which of my grids a place lies in, told on the phone before the server does. */
import { isInside } from '@/shared/map/inside.js';

/** @returns the grid around the place, or undefined */
export const gridAt = (place, grids) => place && grids.find((grid) => isInside(place, grid.boundary));
