/** Files handed to the user, under the name the server gave them. */

/** `attachment; filename="a.pdf"; filename*=UTF-8''%E6%97%A5.pdf` → `日.pdf`; the plain name failing that, else the fallback. */
export function fileName(disposition, fallback) {
  const [, wide] = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? '') ?? [];
  const [, plain] = /filename="?([^";]+)"?/i.exec(disposition ?? '') ?? [];
  try {
    return (wide && decodeURIComponent(wide)) || plain || fallback;
  } catch {
    return plain || fallback;
  }
}

/** @param {{data: Blob, headers: Headers}} answer of a request made with `as: 'blob'` */
export const saveAnswer = ({ data, headers }, fallback) =>
  saveBlob(data, fileName(headers.get('Content-Disposition'), fallback));

/** @param {Blob} data */
export function saveBlob(data, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(data);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
