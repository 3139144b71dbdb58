// Reads a script with the TextMate grammar as the editor does.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import oniguruma from 'vscode-oniguruma';
import textmate from 'vscode-textmate';

const require = createRequire(import.meta.url);
const file = (path) => new URL(`../${path}`, import.meta.url);

const wasm = await readFile(require.resolve('vscode-oniguruma/release/onig.wasm'));
await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));

const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (sources) => new oniguruma.OnigScanner(sources),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async (scope) =>
    scope === 'source.agentflow'
      ? textmate.parseRawGrammar(await readFile(file('syntaxes/agentflow.tmLanguage.json'), 'utf8'), 'agentflow.json')
      : null,
});

export const grammar = await registry.loadGrammar('source.agentflow');

/** The tokens of every line, `{ start, end, scopes, text }`, and whether something is still open at the end. */
export function tokens(lines) {
  let stack = textmate.INITIAL;
  const found = lines.map((line) => {
    const read = grammar.tokenizeLine(line, stack);
    stack = read.ruleStack;
    return read.tokens.map(({ startIndex, endIndex, scopes }) => ({
      start: startIndex,
      end: Math.min(endIndex, line.length),
      scopes: scopes.slice(1),
      text: line.slice(startIndex, endIndex),
    }));
  });
  return { lines: found, depth: stack.depth };
}
