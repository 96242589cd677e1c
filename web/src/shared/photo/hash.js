/** SHA-256 of bytes as lower-case hex: the address and the proof of a photo. */
export async function sha256(bytes) {
  if (!globalThis.crypto?.subtle) {
    throw new Error('这个网址不安全（不是 https），手机不允许处理照片。请改用 https 开头的网址。');
  }
  const digest = await globalThis.crypto.subtle.digest('SHA-256', bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
