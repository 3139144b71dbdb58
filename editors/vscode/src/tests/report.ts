// What `agentflow test --json` prints, and where tests stand in a script.

/** A test as it is written. */
export interface Written {
  title: string;
  /** From 0. */
  line: number;
}

const HEAD = /^test[ \t]+"((?:[^"\\\n]|\\.)*)"/gm;
const ESCAPE = /\\(?:u\{([0-9A-Fa-f]+)\}|(.))/g;
const PLAIN: Record<string, string> = { n: '\n', t: '\t' };

/** The tests of a script, found by their heads, so that a script with errors keeps its tests. */
export function written(text: string): Written[] {
  const found: Written[] = [];
  let line = 0;
  let from = 0;
  for (const match of text.matchAll(HEAD)) {
    line += text.slice(from, match.index).split('\n').length - 1;
    from = match.index;
    const title = (match[1] ?? '').replace(ESCAPE, (_, code?: string, letter?: string) =>
      code ? String.fromCodePoint(Math.min(parseInt(code, 16), 0x10ffff)) : (PLAIN[letter ?? ''] ?? letter ?? ''),
    );
    found.push({ title, line });
  }
  return found;
}

export interface Failure {
  /** From 1. */
  line: number;
  expect?: string;
  message: string;
  left?: string;
  right?: string;
}

export type Event =
  | { kind: 'test'; line: number; title: string; passed: boolean; ms: number; failures: Failure[] }
  | { kind: 'end'; brokenScripts: number };

/** One line of the output; nothing where it is none of ours. */
export function event(line: string): Event | undefined {
  let it: Record<string, unknown>;
  try {
    it = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  if (typeof it !== 'object' || it === null) {
    return undefined;
  }
  if (typeof it['test'] === 'string') {
    return {
      kind: 'test',
      line: Number(it['line']),
      title: it['test'],
      passed: it['status'] === 'passed',
      ms: Number(it['ms'] ?? 0),
      failures: (it['failures'] as Failure[] | undefined) ?? [],
    };
  }
  if (typeof it['tests'] === 'number') {
    return { kind: 'end', brokenScripts: Number(it['broken_scripts'] ?? 0) };
  }
  return undefined;
}
