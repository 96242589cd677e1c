const REFUSED = '没有复制成，请从地址栏复制。';

/** Put words on the clipboard. Pages that came without TLS have no clipboard of their own: then by a field. */
export async function copy(words) {
  if (navigator.clipboard) return navigator.clipboard.writeText(words).catch(() => { throw new Error(REFUSED); });
  const field = Object.assign(document.createElement('textarea'), { value: words });
  document.body.appendChild(field);
  field.select();
  const isDone = document.execCommand('copy');
  field.remove();
  if (!isDone) throw new Error(REFUSED);
  return undefined;
}
