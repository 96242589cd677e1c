/** What a parked or waiting piece of work says to its owner: what happened, what was kept, what to do. */

export const KINDS = {
  'event.report': '上报', 'task.answer': '现场结果', 'notice.read': '消息已读', 'record.put': '登记', 'shift.on': '签到', 'shift.off': '签退',
  'checkpoint.visit': '巡查点打卡',
};

/** @returns {{what: string, todo: string}} */
export function words(work) {
  const { status, reason } = work.fate;
  if (work.is === 'parked') return parked(work, status, reason);
  if (work.is === 'sent') return { what: reason || '文字和位置已送达，照片还在传。', todo: '有网后会自动接着传。' };
  return { what: reason || '', todo: reason ? '会自动再送，不用管它。' : '' };
}

function parked(work, status, reason) {
  if (status === 'conflict') return { what: '送出前，这一条已被别人改过。你填的还在本机。', todo: '看看两份，再决定用哪份。' };
  if (status === 'media') return { what: `${reason} 文字和位置已送达。`, todo: '可以再传一次，或放弃照片。' };
  return { what: `服务器没有收：${reason || '内容有问题'}`, todo: '内容还在本机，也给街道留了一份。改好再报，或放弃。' };
}

/** What one may do with it: [code, label]. */
export function choices(work) {
  if (work.is !== 'parked') return work.fate.reason ? [['again', '现在再送']] : [];
  if (work.fate.status === 'conflict') return [['both', '查看两份'], ['drop', '放弃我的']];
  if (work.fate.status === 'media') return [['again', '再传一次'], ['drop', '放弃照片']];
  const isForm = ['event.report', 'record.put'].includes(work.kind);
  return [...(isForm ? [['edit', '改好再报']] : []), ['again', '再试一次'], ['drop', '放弃']];
}
