// Bundles the extension and the script of the graph preview into out/, with the licences of what is bundled.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import esbuild from 'esbuild';

const minify = process.argv.includes('--minify');
const common = { bundle: true, minify, sourcemap: !minify, logLevel: 'info', target: 'es2022', metafile: true };

const builds = [
  {
    ...common,
    entryPoints: ['src/extension.ts'],
    outfile: 'out/extension.js',
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
  },
  { ...common, entryPoints: ['src/graph/view.ts'], outfile: 'out/graph.js', platform: 'browser', format: 'iife' },
];

if (process.argv.includes('--watch')) {
  for (const build of builds) {
    await (await esbuild.context(build)).watch();
  }
} else {
  const built = await Promise.all(builds.map((build) => esbuild.build(build)));
  const inputs = built.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  writeFileSync('out/third-party.txt', notices(inputs));
}

/** The licence of each package that these files come from, which asks to be in every copy. */
function notices(inputs) {
  const packages = new Set(inputs.map((it) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(it)?.[0]).filter(Boolean));
  return [...packages].sort().map((directory) => {
    const { name, version } = JSON.parse(readFileSync(`${directory}/package.json`, 'utf8'));
    const file = readdirSync(directory).find((it) => /^licen[cs]e/i.test(it));
    if (!file) {
      throw new Error(`${name} has no licence`);
    }
    return `${name} ${version}\n\n${readFileSync(`${directory}/${file}`, 'utf8').trim()}\n`;
  }).join(`\n${'-'.repeat(80)}\n\n`);
}
