// A server that ends by itself is started again, unless that would go on for ever.

/** So many ends within so many milliseconds, and it is left alone. */
const MOST = 5;
const WITHIN = 3 * 60_000;

/** Whether a server is started again; `ends` are the times at which it ended, the last one just now. */
export function isStartedAgain(ends: readonly number[]): boolean {
  const now = ends.at(-1) ?? 0;
  return ends.filter((it) => now - it < WITHIN).length < MOST;
}
