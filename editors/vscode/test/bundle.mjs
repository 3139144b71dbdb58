// A module of the extension that does without the editor, as it is bundled.

import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';

export async function load(path) {
  const built = await esbuild.build({
    entryPoints: [fileURLToPath(new URL(`../src/${path}`, import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(built.outputFiles[0].text).toString('base64')}`);
}
