import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { load } from './bundle.mjs';

const { page } = await load('graph/page.ts');
const html = page('graph.js', 'https://source', 'n0nce');
const style = readFileSync(new URL('../../../src/plan/graph/svg.css', import.meta.url), 'utf8');

test('every colour of the picture is given by the theme', () => {
  const declared = new Set(style.match(/--af-[a-z-]+(?=:)/g));
  declared.delete('--af-kind');
  // A veil over whatever lies below fits every theme.
  declared.delete('--af-group');
  for (const colour of declared) {
    assert.match(html, new RegExp(`${colour}: (color-mix\\(in srgb, )?var\\(--vscode-`), colour);
  }
});

test('a rule of the page wins over the same rule of the picture', () => {
  assert.ok(html.includes('#picture .agentflow-graph {'), 'an id is stronger than a class');
  assert.ok(!/#picture|!important/.test(style));
});

test('only what the page brings along is run or styles it', () => {
  assert.match(html, /default-src 'none'; style-src 'nonce-n0nce' https:\/\/source; script-src 'nonce-n0nce';/);
  assert.equal(html.match(/<(style|script)\b/g).length, html.match(/<(style|script) nonce="n0nce"/g).length);
  assert.ok(!html.includes('style="'), 'no attribute that the policy would refuse');
});
