/** Cases as points of a map. They come as columns; a spot reads its row when somebody asks. */
import { light } from '@/shared/format/light.js';
import { moment } from '@/shared/format/time.js';
import { now } from '@/shared/clock.js';

class Spot {
  constructor(columns, at) {
    this.columns = columns;
    this.at = at;
    this.id = columns.id[at];
    this.lon = columns.lon[at];
    this.lat = columns.lat[at];
    this.light = columns.lights[columns.light[at]];
  }

  get category() {
    return this.columns.categories[this.columns.category[this.at]].name;
  }

  get isPractice() {
    return this.columns.practice[this.at];
  }

  get reported() {
    return moment(this.columns.reported[this.at] * 1000, now());
  }

  get title() {
    return titled(this.isPractice, this.light, this.category, `${this.reported} 上报`);
  }
}

const titled = (isPractice, code, ...words) => [isPractice && '演练', light(code).word, ...words].filter(Boolean).join(' · ');

/** @param {object} columns the answer of /events/points */
export const spotsOf = (columns) => columns.id.map((_, at) => new Spot(columns, at));

/** The case that is open, as a point. */
export function spotOf({ id, place, light: lamp, category, description, practice }) {
  return { id, lon: place.lon, lat: place.lat, light: lamp.code, title: titled(practice, lamp.code, category.name, description?.slice(0, 20)) };
}
