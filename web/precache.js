/**
 * A Vite plugin for the handset's service worker: fills the list of files to keep and the version into sw.js, and lays
 * worker, manifest and icons beside the page. The version is made of the contents, so equal builds are equal workers.
 */
import { createHash } from 'node:crypto';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const ENTRY = 'handset';
/** Large or rare chunks: fetched when first needed, kept from then on. */
const LAZY = /(dingtalk|wecom|jsQR|jsqr)/;

/** @param {string} source folder with sw.js, manifest.webmanifest and icons/ */
export function precache(source) {
  return {
    name: 'wangge-precache',
    apply: 'build',
    async writeBundle({ dir }, bundle) {
      const page = path.join(dir, ENTRY, 'index.html');
      const files = [...reachable(bundle)].sort();
      const version = hash([await readFile(page, 'utf8'), ...files]);
      const worker = (await readFile(path.join(source, 'update', 'sw.js'), 'utf8'))
        .replace('__VERSION__', version).replace("['__FILES__']", JSON.stringify(files.map((name) => `/${name}`)));
      await writeFile(path.join(dir, ENTRY, 'sw.js'), worker);
      await copyFile(path.join(source, 'manifest.webmanifest'), path.join(dir, ENTRY, 'manifest.webmanifest'));
      for (const icon of await readdir(path.join(source, 'icons'))) {
        await copyFile(path.join(source, 'icons', icon), path.join(dir, ENTRY, icon));
      }
    },
  };
}

/** Everything the page may load, from its entry on, without the lazy chunks. */
export function reachable(bundle) {
  const found = new Set();
  const walk = (name) => {
    const chunk = bundle[name];
    if (!chunk || found.has(name) || LAZY.test(name)) return;
    found.add(name);
    const meta = chunk.viteMetadata ?? {};
    [...(meta.importedCss ?? []), ...(meta.importedAssets ?? [])].forEach((one) => found.add(one));
    [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])].forEach(walk);
  };
  const entry = Object.values(bundle).find((chunk) => chunk.isEntry && chunk.name === ENTRY);
  walk(entry.fileName);
  return found;
}

const hash = (parts) => createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12);
