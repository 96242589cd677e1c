/** What each channel wants to know: the fields of its form, in order. */

const URL_FIELD = { name: 'url', label: '地址', hint: 'https://…' };
const secret = (label, hint) => ({ name: 'secret', label, hint, isSecret: true });

const FIELDS = {
  webhook: [URL_FIELD, secret('签名密钥', '至少 16 个字符')],
  wecom: [{ ...URL_FIELD, hint: '群机器人的 Webhook 地址' }],
  dingtalk: [{ ...URL_FIELD, hint: '群机器人的 Webhook 地址' }, secret('加签密钥', '机器人选了“加签”才要填')],
  sms: [
    URL_FIELD,
    { name: 'encoding', label: '内容格式', options: [{ code: 'json', label: 'JSON' }, { code: 'form', label: '表单' }] },
    { name: 'body', label: '内容模板', isLong: true, hint: '{"mobile": "{mobile}", "content": "{text}"}' },
    { name: 'headers', label: '请求头', isLong: true, hint: '每行一个，可不填' },
    { name: 'ok_field', label: '成功字段', hint: '如 data.code，可不填' },
    { name: 'ok_value', label: '成功值', hint: '如 OK，可不填' },
  ],
};

/** The fields of a channel's form. */
export const fieldsOf = (channel) => FIELDS[channel] ?? [];

/** What is sent of a form: the channel's own fields that were filled in. */
export function settingsOf(channel, form) {
  const filled = fieldsOf(channel).map(({ name }) => [name, (form[name] ?? '').trim()]);
  return Object.fromEntries(filled.filter(([, value]) => value));
}

/** Does a dated row hold on a day (ISO date)? */
export const holds = (row, day) => row.valid_from <= day && (!row.valid_to || row.valid_to > day);

/** How long a dated row holds, in words. */
export function spell(row) {
  return row.valid_to ? `${row.valid_from} 到 ${row.valid_to}（不含）` : `${row.valid_from} 起`;
}
