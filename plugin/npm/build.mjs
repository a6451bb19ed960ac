// node build.mjs COMPONENT OUT_DIR
//
// Creates the folder that `npm pack` packs: the component of world `collector` as a
// JavaScript module with its typings, and the sources around it.

import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transpileBytes } from '@bytecodealliance/jco-transpile';

const [component, out] = process.argv.slice(2);
if (!out) {
  console.error('usage: node build.mjs COMPONENT OUT_DIR');
  process.exit(2);
}
const here = dirname(fileURLToPath(import.meta.url));
const bytes = await readFile(component);

await rm(out, { recursive: true, force: true });
await cp(join(here, 'src'), out, { recursive: true });
await cp(join(here, 'README.md'), join(out, 'README.md'));
await cp(join(here, '../../LICENSE'), join(out, 'LICENSE'));

// Instantiation by the caller: every import is passed explicitly.
const { files } = await transpileBytes(bytes, {
  name: 'collector',
  instantiation: 'sync',
  nodejsCompat: false,
  minify: true,
});
for (const [name, content] of Object.entries(files)) {
  const file = join(out, 'component', name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

const { devDependencies: _, ...manifest } = JSON.parse(await readFile(join(here, 'package.json'), 'utf8'));
// The digest of the component, for comparison with the checksums of a release.
manifest.stocktake = { component: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
await writeFile(join(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
