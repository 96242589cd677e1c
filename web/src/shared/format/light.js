/** Lights are colour and shape and word together. */

const LIGHTS = {
  green: { shape: '●', word: '正常' },
  yellow: { shape: '▲', word: '快到期' },
  red: { shape: '■', word: '超期' },
  supervised: { shape: '◆', word: '督办' },
};
const NONE = { shape: '○', word: '无时限' };

/** The codes of running clocks; the later, the more pressing. */
export const URGENCY = ['none', 'green', 'yellow', 'red'];

/** Shape and word of a light code. */
export const light = (code) => LIGHTS[code] ?? NONE;
