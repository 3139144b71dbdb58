import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './bundle.mjs';

const { workflows } = await load('plan.ts');

const plan = {
  types: [
    { name: 'Point', kind: { record: { fields: [] } } },
    { name: 'Depth', kind: { enum: { variants: [{ name: 'quick' }, { name: 'deep' }], ordered: false } } },
  ],
  workflows: [
    {
      name: 'review',
      doc: 'Reviews.',
      place: { file: 0 },
      params: [
        { name: 'diff', doc: 'The diff.', ty: { text: null }, default: null },
        { name: 'depth', doc: null, ty: { named: 1 }, default: 7 },
        { name: 'points', doc: null, ty: { list: [{ named: 0 }, 3] }, default: null },
        { name: 'fast', doc: null, ty: { optional: 'bool' }, default: null },
      ],
    },
    { name: 'imported', doc: null, place: { file: 1 }, params: [] },
  ],
};

test('the workflows of the script itself, with what they take in the words of the author', () => {
  assert.deepEqual(workflows(JSON.stringify(plan)), [
    {
      name: 'review',
      doc: 'Reviews.',
      parameters: [
        { name: 'diff', doc: 'The diff.', type: 'text', choices: undefined, optional: false },
        { name: 'depth', doc: undefined, type: 'Depth', choices: ['quick', 'deep'], optional: true },
        { name: 'points', doc: undefined, type: '[Point]', choices: undefined, optional: false },
        { name: 'fast', doc: undefined, type: 'bool?', choices: ['true', 'false'], optional: true },
      ],
    },
  ]);
});

test('no plan is no list', () => {
  assert.throws(() => workflows(''));
});
