// Bundles the extension and the script of the graph preview into out/.

import esbuild from 'esbuild';

const minify = process.argv.includes('--minify');
const common = { bundle: true, minify, sourcemap: !minify, logLevel: 'info', target: 'es2022' };

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
  await Promise.all(builds.map((build) => esbuild.build(build)));
}
