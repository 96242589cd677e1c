/** What a phone sent, as rows one can read and mend, and the payload again after that. */

const WORDS = {
  category: '类别', description: '说明', address: '地址', practice: '演练', self_handled: '自处置', note: '说明', result: '结果',
  position: '位置', geo: '位置', lon: '经度', lat: '纬度', datum: '坐标', accuracy_m: '误差（米）', provider: '来源', fixed_at: '定位时间',
  values: '', kind: '表', place: '地点', client_id: '编号', photos: '照片', same_as: '同一件的案卷', checkpoint: '巡查点',
};
const KINDS = {
  'event.report': '上报', 'task.answer': '现场答复', 'record.put': '记录', 'notice.read': '读通知', 'shift.on': '上岗', 'shift.off': '下岗',
  'checkpoint.visit': '巡查点打卡',
};

export const kindWord = (kind) => KINDS[kind] ?? '不认识的内容';

/** Of no use to whoever mends: they stay as they are. */
const SILENT = ['datum', 'provider', 'fixed_at', 'client_id', 'kind', 'same_as', 'checkpoint'];

const isLeaf = (value) => value === null || typeof value !== 'object';

/** One row a value: {path, label, value, kind, isWrong}. `field` names what was refused, present or not. */
export function rowsOf(payload, field, labels = {}) {
  const rows = leaves(payload ?? {}, []).map(({ path, value }) => ({
    path, value, label: labelOf(path, labels), kind: kindOf(value), isWrong: path.at(-1) === field || path.join('.') === field,
  })).filter(({ path, isWrong }) => isWrong || !SILENT.includes(path.at(-1)));
  const isMissing = field && (WORDS[field] || labels[field]) && !rows.some(({ path }) => path.includes(field));
  if (!isMissing) return rows;
  const path = labels[field] ? ['values', field] : [field];
  return [...rows, { path, value: '', label: labelOf(path, labels), kind: 'text', isWrong: true }];
}

function leaves(value, path) {
  if (isLeaf(value) || Array.isArray(value)) return [{ path, value }];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...path, name]));
}

const labelOf = (path, labels) =>
  path.map((name) => labels[name] ?? WORDS[name] ?? name).filter(Boolean).join(' · ');

function kindOf(value) {
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  return Array.isArray(value) ? 'list' : 'text';
}

/** A member of a list, for people: a code as it is, anything bigger by its place. */
export const memberWords = (member, n) => (isLeaf(member) ? String(member) : `第 ${n + 1} 项`);

/** The payload with the rows' values in it; what was emptied is left out. */
export function payloadOf(payload, rows) {
  const mended = JSON.parse(JSON.stringify(payload ?? {}));
  rows.forEach(({ path, value, kind }) => {
    const inner = path.slice(0, -1).reduce((at, name) => (at[name] = isLeaf(at[name]) ? {} : at[name]), mended);
    const now = kind === 'number' && value !== '' ? Number(value) : value;
    if (now === '' || now === null) delete inner[path.at(-1)];
    else inner[path.at(-1)] = now;
  });
  return mended;
}
