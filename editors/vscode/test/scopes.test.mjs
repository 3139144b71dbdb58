// Scopes of the TextMate grammar. In `scopes/*.agentflow` a line `//   ^^^ scope other.scope` speaks of the characters
// above its marks, in the last line that is no such line: each has these scopes, or narrower ones (`keyword.control` is met
// by `keyword.control.import.agentflow`). `! scope` demands that none of them has it, `<-` stands for the first character.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'node:test';
import { tokens } from './grammar.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const repository = join(here, '../../..');

function claims(source) {
  const lines = [];
  const found = [];
  source.split('\n').forEach((line, number) => {
    const claim = /^(\s*\/\/\s*)(\^+|<-)\s+(! )?(\S.*)$/.exec(line);
    if (!claim) {
      lines.push(line);
      return;
    }
    const [, before, marks, not, scopes] = claim;
    const start = marks === '<-' ? 0 : before.length;
    const end = marks === '<-' ? 1 : start + marks.length;
    found.push({ number: number + 1, line: lines.length - 1, start, end, not: Boolean(not), scopes: scopes.split(/\s+/) });
  });
  return { lines, found };
}

const has = (token, scope) => token.scopes.some((it) => it === scope || it.startsWith(`${scope}.`));

for (const name of readdirSync(join(here, 'scopes'))) {
  test(`scopes of ${name}`, () => {
    const { lines, found } = claims(readFileSync(join(here, 'scopes', name), 'utf8'));
    assert.ok(found.length > 0, 'no claim is made');
    const read = tokens(lines);
    const wrong = [];
    for (const claim of found) {
      for (const token of read.lines[claim.line].filter((it) => it.start < claim.end && it.end > claim.start)) {
        for (const scope of claim.scopes.filter((it) => has(token, it) === claim.not)) {
          wrong.push(`${name}:${claim.number}: \`${token.text}\` ${claim.not ? 'has' : 'lacks'} ${scope}: ${token.scopes.join(' ')}`);
        }
      }
    }
    assert.equal(wrong.join('\n'), '');
  });
}

function* scripts(directory) {
  for (const entry of readdirSync(directory)) {
    const path = join(directory, entry);
    if (statSync(path).isDirectory()) {
      yield* scripts(path);
    } else if (path.endsWith('.agentflow')) {
      yield path;
    }
  }
}

const HEAD = /^(use|type|agent|rubric|tool|workflow|test)\b|^\s+(step|return|loop|parallel|given|expect)\b(?!\s*[:,]|$)/;

test('every script of the repository is read to its end, with nothing called invalid', () => {
  let seen = 0;
  for (const root of ['examples', 'stdlib', 'tests/corpus']) {
    for (const path of scripts(join(repository, root))) {
      const lines = readFileSync(path, 'utf8').split(/\r?\n/);
      const read = tokens(lines);
      assert.equal(read.depth, 1, `${path}: something is still open at the end`);
      read.lines.forEach((line, number) => {
        const place = `${path}:${number + 1}`;
        const invalid = line.find((token) => has(token, 'invalid'));
        assert.equal(invalid, undefined, `${place}: \`${invalid?.text}\` is called invalid`);
        const inText = line.some((token) => token.start === 0 && (has(token, 'string') || has(token, 'meta.prompt')));
        const head = inText ? null : HEAD.exec(lines[number]);
        if (head) {
          seen += 1;
          const at = head[0].length - head[0].trimStart().length;
          const token = line.find((it) => it.start <= at && at < it.end);
          assert.ok(has(token, 'storage') || has(token, 'keyword'), `${place}: \`${token.text}\` is ${token.scopes}`);
        }
      });
    }
  }
  assert.ok(seen > 800, `only ${seen} heads were seen`);
});
