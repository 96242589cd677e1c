/** What went wrong with a request, as one class with a kind and a plain Chinese sentence. */

const FIELDS = {
  username: '账号', password: '密码', category: '类别', description: '文字', address: '地址', position: '位置',
  lon: '经度', lat: '纬度', photos: '照片', note: '说明', condition: '立案条件', department: '处置部门',
  assignee: '去现场的人', result: '结果', occurred_at: '发生时间', limit: '条数',
  old: '现在的密码', new: '新密码', name: '姓名或名称', mobile: '手机号', posts: '岗位', areas: '区域', area: '区域', code: '代码', purpose: '用途',
};

const SENTENCES = {
  offline: '现在连不上服务器。已填的内容都在，有网后再试。',
  timeout: '服务器很久没有回应。已填的内容都在，请稍后再试。',
  portal: '网络被别的页面拦住了（例如要先登录无线网）。请先连通网络，再试。',
  'signed-out': '登录已过期，请重新登录。没送出的内容都保留着。',
};

const BY_STATUS = {
  401: '账号或密码不对，或者登录已过期。',
  403: '你的岗位不能做这一步。',
  404: '找不到，或者不在你的管辖范围内。',
  409: '现在的状态不能这样做，请刷新后再看。',
  412: '已被别人更新，请看最新的内容后再做。',
  413: '内容太大，服务器没有收下。',
  422: '填写的内容有误，请检查后再提交。',
  429: '操作太频繁，请稍等一会儿再试。',
};

export class Failure extends Error {
  /**
   * @param {'offline'|'timeout'|'portal'|'signed-out'|'problem'} kind
   * @param {{status?: number, problem?: object, retryAfter_s?: number}} [facts]
   */
  constructor(kind, { status = 0, problem = {}, retryAfter_s } = {}) {
    super(sentence(kind, status, problem));
    this.name = 'Failure';
    this.kind = kind;
    this.status = status;
    this.slug = String(problem.type ?? '').split('/').pop();
    this.problem = problem;
    this.retryAfter_s = retryAfter_s;
  }

  /** Worth trying again unchanged: the network or a passing state of the server, not the content. */
  get isPassing() {
    return this.kind === 'problem' ? [408, 423, 425, 429].includes(this.status) || this.status >= 500 : this.kind !== 'signed-out';
  }
}

/** Messages under `errors`, flattened; `{json: {position: {lon: ["不能为空"]}}}` becomes `["经度：不能为空"]`. */
export function fieldMessages(errors, label = '') {
  if (typeof errors === 'string') return [label ? `${label}：${errors}` : errors];
  if (Array.isArray(errors)) return errors.flatMap((item) => fieldMessages(item, label));
  if (errors === null || typeof errors !== 'object') return [];
  return Object.entries(errors).flatMap(([key, value]) => fieldMessages(value, FIELDS[key] ?? label));
}

function sentence(kind, status, problem) {
  if (kind !== 'problem') return SENTENCES[kind];
  const messages = fieldMessages(problem.errors);
  const lead = problem.detail || problem.title || BY_STATUS[status];
  if (lead) return [lead, ...messages.filter((one) => !one.endsWith(lead))].join(' ');
  return status >= 500 ? '服务器出了点问题，没有办成。请稍后再试。' : `没有办成（${status}），请稍后再试。`;
}
