/** Server-sent events of an open answer, read by hand: fetch can send the token in a header, EventSource cannot. */
import { Failure } from './failure.js';

/** Longer than the server's beat; a stream silent for so long is dead, whatever the network says. */
export const SILENCE_MS = 40_000;

/**
 * Read until the server ends it. Throws a Failure when it breaks off or falls silent.
 * @param {{body: ReadableStream<Uint8Array>, close: () => void}} stream
 * @param {(event: {id: string, data: string}) => void} onEvent
 * @param {() => void} [onLife]  at every sign of life, beats too
 */
export async function readEvents(stream, onEvent, onLife = () => {}) {
  const reader = stream.body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await soon(reader.read());
      if (done) return;
      onLife();
      const blocks = (rest + decoder.decode(value, { stream: true })).split('\n\n');
      rest = blocks.pop();
      blocks.map(parse).filter(({ data }) => data).forEach(onEvent);
    }
  } catch (error) {
    throw error instanceof Failure ? error : new Failure('offline');
  } finally {
    stream.close();
  }
}

function soon(reading) {
  let timer;
  const silence = new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(new Failure('timeout')), SILENCE_MS);
  });
  return Promise.race([reading, silence]).finally(() => clearTimeout(timer));
}

/** `id: 7\ndata: {…}`; comments have no name before the colon. */
function parse(block) {
  const pairs = block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()]);
  return { id: '', data: '', ...Object.fromEntries(pairs) };
}
