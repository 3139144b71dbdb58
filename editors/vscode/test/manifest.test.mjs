// What package.json promises is there.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { load } from './bundle.mjs';

const root = new URL('../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');
const { contributes, icon } = JSON.parse(read('package.json'));

test('every file that is named exists', () => {
  const [language] = contributes.languages;
  const steps = contributes.walkthroughs.flatMap((it) => it.steps);
  const files = [
    icon,
    language.configuration,
    ...Object.values(language.icon),
    ...contributes.grammars.map((it) => it.path),
    ...contributes.snippets.map((it) => it.path),
    ...steps.map((it) => it.media.markdown),
  ];
  assert.deepEqual(files.filter((it) => !existsSync(new URL(it, root))), []);
});

test('every command is registered, and every one that is used is declared', () => {
  const source = read('src/extension.ts');
  const declared = contributes.commands.map((it) => it.command);
  const used = Object.values(contributes.menus).flat().map((it) => it.command);
  const linked = JSON.stringify(contributes.walkthroughs).matchAll(/command:(?:toSide:)?(agentflow\.\w+)/g);
  for (const command of declared) {
    assert.ok(source.includes(`'${command}':`), `${command} is not registered`);
  }
  for (const command of [...used, ...[...linked].map(([, command]) => command)]) {
    assert.ok(declared.includes(command), `${command} is not declared`);
  }
});

test('the problem matcher reads the short form of diagnostics', () => {
  const [pattern] = contributes.problemPatterns;
  const line = 'dir/bad file.agentflow:2:12: error[AF0302]: there is no agent, tool, rubric or workflow `nobody`';
  const found = new RegExp(pattern.regexp).exec(line);
  assert.deepEqual(
    [found[pattern.file], found[pattern.line], found[pattern.column], found[pattern.severity], found[pattern.code]],
    ['dir/bad file.agentflow', '2', '12', 'error', 'AF0302'],
  );
  assert.equal(new RegExp(pattern.regexp).exec('1 error in 1 script, 4 ms'), null);
});

test('patterns of the language configuration are regular expressions that say what they should', () => {
  const it = JSON.parse(read('language-configuration.json'));
  const increase = new RegExp(it.indentationRules.increaseIndentPattern);
  assert.ok(increase.test('  parallel {') && increase.test('let xs = [ // why') && !increase.test('// {') && !increase.test('x }'));
  const decrease = new RegExp(it.indentationRules.decreaseIndentPattern);
  assert.ok(decrease.test('  } otherwise keep best') && !decrease.test('  step x'));
  const enter = it.onEnterRules.map((rule) => new RegExp(rule.beforeText.pattern));
  assert.ok(enter[0].test('  /// What it is.') && !enter[0].test('  // plain') && enter[1].test('// plain'));
  assert.ok(enter[3].test('  prompt """') && enter[3].test('  let x = """') && !enter[3].test('    """'));
  // A pattern that is a bare string is compiled without `u`, and then finds no word at all.
  const { pattern, flags } = it.wordPattern;
  assert.deepEqual('a naïve_name2 = 4.5'.match(new RegExp(pattern, `g${flags}`)), ['a', 'naïve_name2', '4.5']);
});

test('the new script is the one of the README, which is checked', async () => {
  const { NEW_SCRIPT } = await load('template.ts');
  const readme = readFileSync(new URL('../../README.md', root), 'utf8');
  const [, fence] = /```agentflow\n([\s\S]*?)```/.exec(readme);
  // The one for the editor says what its parameter is, so that the question for a value can.
  const plain = NEW_SCRIPT.replace('(\n  /// What the note is about.\n  topic: text,\n)', '(topic: text)');
  assert.equal(plain, fence);
});
