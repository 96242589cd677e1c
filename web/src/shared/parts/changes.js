/** What a step of a case changed besides its state, in words. */
import { distance } from '@/shared/format/number.js';
import { distance_m } from '@/shared/map/distance.js';
import { fullMoment } from '@/shared/format/time.js';

/** @param {object} data of a history entry; what it does not know it leaves out */
export function changes({
  source, department, from, to, category, condition, limit, assist, assignee, until, from_level: below, to_level: above, no, on_the_spot: spot, place,
}) {
  return [
    source,
    department && (to ? `${department}：${from} → ${to}` : `派给${department}`),
    assist && `协办：${assist}`,
    category && `类别由“${category.from}”改为“${category.to}”`,
    condition && `${condition}，限${limit}`,
    assignee && `由${assignee}去现场`,
    until && `到 ${fullMoment(until)}`,
    above && `由${below}交${above}`,
    no && `案卷 ${no}`,
    ...(place ? moved(place) : []),
    spot && `在离案发地 ${distance(spot.distance_m)} 处答复`,
  ].filter(Boolean).join('；');
}

/** A case that was put elsewhere: how far, into which area, at which address. */
function moved({ from, to }) {
  const areas = from.area === to.area ? '' : `，从${from.area}到${to.area}`;
  return [`位置移了 ${distance(distance_m(from, to))}${areas}`, to.address !== from.address && (to.address ? `地址：${to.address}` : '去掉了地址')];
}
