/** An address under which the browser shows a photo that is only in memory; held until it is revoked. */

/** @param {ArrayBuffer|Uint8Array} bytes  of a JPEG */
export const urlOf = (bytes) => URL.createObjectURL(new Blob([bytes], { type: 'image/jpeg' }));
