/** A Vite plugin that lays a gzip copy beside each larger built file, so that phones on a bad network load a third. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { constants, gzipSync } from 'node:zlib';

const SMALLEST = 1024;

export function compress() {
  return {
    name: 'wangge-compress',
    async writeBundle({ dir }, bundle) {
      const names = Object.keys(bundle).filter((name) => /\.(js|css|svg)$/.test(name));
      await Promise.all(names.map((name) => lay(path.join(dir, name))));
    },
  };
}

async function lay(file) {
  const content = await readFile(file);
  if (content.length >= SMALLEST) await writeFile(`${file}.gz`, gzipSync(content, { level: constants.Z_BEST_COMPRESSION }));
}
