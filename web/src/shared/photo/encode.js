/**
 * A picked file made into the photo we keep: turned upright, long edge cut, JPEG, without EXIF.
 * Drawing on a canvas drops the EXIF block, so no position leaves the phone by that way.
 */

/**
 * @param {Blob} file
 * @param {{long_edge_px?: number, quality?: number}} [policy]
 * @param {(context: CanvasRenderingContext2D, width: number, height: number) => void} [paint] draws over it, e.g. a stamp
 * @returns {Promise<Blob>}
 */
export async function encodePhoto(file, policy, paint) {
  const picture = await decode(file);
  const blob = await encodePicture(picture, picture, policy, paint);
  picture.close?.();
  return blob;
}

/** The same for anything a canvas can draw, such as a video's present picture; `size`: its width and height. */
export async function encodePicture(picture, size, { long_edge_px = 1600, quality = 0.8 } = {}, paint = () => {}) {
  const { width, height } = fit(size.width, size.height, long_edge_px);
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  context.drawImage(picture, 0, 0, width, height);
  paint(context, width, height);
  const blob = await new Promise((resolve) => {
    canvas.toBlob(resolve, 'image/jpeg', quality);
  });
  if (!blob) throw new Error('这张照片处理不了，请换一张或重新拍。');
  return blob;
}

/** Size with the long edge at most `edge`; never enlarged. */
export function fit(width, height, edge) {
  const scale = Math.min(1, edge / Math.max(width, height));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

async function decode(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    return decodeByElement(file); // engines that do not know the option turn <img> upright themselves
  }
}

async function decodeByElement(file) {
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    return image;
  } catch {
    throw new Error('打不开这个文件，请选照片（JPEG、PNG 或 WebP）。');
  } finally {
    URL.revokeObjectURL(url);
  }
}
