/** NUL and lone surrogates upset databases; they are nobody's words. */
export const cleanText = (text) => text.replace(/\u0000|\p{Surrogate}/gu, '').trim();
