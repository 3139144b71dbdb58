import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import test from 'node:test';
import { load } from './bundle.mjs';

const { draw, route, escape } = await load('graph/draw.ts');

const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
const node = (id, label, detail, kind, x, y) => ({ id, label, detail, kind, x, y, width: 150, height: 44, range });

export const sample = {
  workflow: 'code_review',
  width: 560,
  height: 300,
  nodes: [
    node('design', 'design', 'architect · tier 3', 'agent', 20, 30),
    node('quality', 'quality', 'critic · tier 2', 'agent', 20, 100),
    node('report', 'report', 'editor · tiers 2 to 4', 'agent', 220, 60),
    node('report/review', 'review', 'standard', 'rubric', 220, 130),
    node('notify', 'notify', 'sends chat', 'tool', 410, 95),
    node('risk', 'a <name> & a "very" long label that does not fit', '', 'agent', 220, 230),
  ],
  groups: [
    { id: 'parallel', label: 'parallel', kind: 'parallel', x: 8, y: 6, width: 174, height: 150 },
    { id: 'loop', label: 'loop until standard(report) >= A max 3', kind: 'loop', x: 208, y: 36, width: 174, height: 150 },
    { id: 'when', label: 'when depth is deep', kind: 'when', x: 208, y: 204, width: 174, height: 84 },
  ],
  edges: [
    { from: 'design', to: 'report', kind: 'data', points: [[170, 52], [195, 52], [195, 76], [220, 76]] },
    { from: 'quality', to: 'report', kind: 'data', points: [[170, 122], [195, 122], [195, 88], [220, 88]] },
    { from: 'report/review', to: 'notify', kind: 'effect', points: [[370, 152], [390, 152], [390, 117], [410, 117]] },
    { from: 'design', to: 'risk', kind: 'after', points: [[170, 60], [188, 60], [188, 252], [220, 252]] },
  ],
};

test('every node can be chosen, and nothing of a name is read as markup', () => {
  const svg = draw(sample);
  assert.equal(svg.match(/data-node="/g).length, sample.nodes.length);
  assert.equal(svg.match(/class="edge (data|after|effect)"/g).length, sample.edges.length);
  assert.ok(!svg.includes('<name>'));
  assert.ok(svg.includes('a &lt;name&gt; &amp; a &quot;very&quot; long label'), 'the whole name is in the tooltip');
  if (process.env.SHOW_GRAPH) {
    writeFileSync(process.env.SHOW_GRAPH, svg);
  }
});

test('a kind is one class, whatever it is', () => {
  const [first] = sample.nodes;
  const svg = draw({ ...sample, nodes: [{ ...first, kind: 'x" onload="y' }] });
  assert.ok(svg.includes('class="node x--onload--y"'));
});

test('a line bends at its points and ends where it should', () => {
  assert.equal(route([]), '');
  assert.equal(route([[1, 2], [3, 4]]), 'M1 2 L3 4');
  assert.equal(route([[0, 0], [20, 0], [20, 20]]), 'M0 0 L12 0 Q20 0 20 8 L20 20');
  assert.equal(route([[0, 0], [0, 0], [0, 0]]), 'M0 0 L0 0 Q0 0 0 0 L0 0');
});

test('what is escaped', () => {
  assert.equal(escape(`<a b="c" d='e'>&`), '&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;');
});
