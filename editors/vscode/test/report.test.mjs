import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './bundle.mjs';

const { event, written } = await load('tests/report.ts');

test('tests are found by their heads, with their lines and their real titles', () => {
  const text = [
    '/// A script.',
    'test "one" {',
    '}',
    '  test "not at the start of a line" {',
    '',
    'test "say \\"two\\" \\u{1F600} \\$5" {',
    'tests "no"',
    'test "broken',
  ].join('\n');
  assert.deepEqual(written(text), [
    { title: 'one', line: 1 },
    { title: 'say "two" 😀 $5', line: 5 },
  ]);
});

test('a code point that is none does not throw', () => {
  assert.equal(written('test "\\u{FFFFFFFF}" {').length, 1);
});

test('lines of the output are understood, others passed over', () => {
  const passed = '{"v":1,"file":"a.agentflow","line":205,"test":"a","status":"passed","ms":3.3,"failures":[]}';
  assert.deepEqual(event(passed), { kind: 'test', line: 205, title: 'a', passed: true, ms: 3.3, failures: [] });
  const failure = { line: 8, expect: 'result == "2"', message: 'the left side is "1"', left: '"1"', right: '"2"' };
  const failed = JSON.stringify({ v: 1, file: 'a', line: 6, test: 'bad', status: 'failed', ms: 1, failures: [failure] });
  assert.deepEqual(event(failed), { kind: 'test', line: 6, title: 'bad', passed: false, ms: 1, failures: [failure] });
  assert.deepEqual(event('{"v":1,"tests":0,"passed":0,"failed":0,"broken_scripts":1,"ms":4.5}'), { kind: 'end', brokenScripts: 1 });
  for (const line of ['', 'warning: x', '[1]', 'null', '{"v":1}', '"test"']) {
    assert.equal(event(line), undefined, line);
  }
});
