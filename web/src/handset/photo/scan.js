/**
 * Codes in a picture: BarcodeDetector where the system has one, else jsQR (QR codes only), loaded when first needed.
 * A WebAssembly reader would need a weaker script policy of the pages, so plain JavaScript it is.
 */
export async function reader() {
  if ('BarcodeDetector' in globalThis && (await globalThis.BarcodeDetector.getSupportedFormats().catch(() => [])).length) {
    const detector = new globalThis.BarcodeDetector();
    return async (picture) => (await detector.detect(picture))[0]?.rawValue ?? null;
  }
  const { default: jsQR } = await import('jsqr');
  const canvas = document.createElement('canvas');
  return async (picture) => {
    const data = pixels(canvas, picture);
    return jsQR(data.data, data.width, data.height)?.data || null;
  };
}

function pixels(canvas, picture) {
  const scale = Math.min(1, 640 / (picture.videoWidth || picture.width));
  canvas.width = (picture.videoWidth || picture.width) * scale;
  canvas.height = (picture.videoHeight || picture.height) * scale;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
