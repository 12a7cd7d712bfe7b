// The child processes of this process, to be signalled while the main thread waits for one of them: its `execSync` returns when
// the child has gone. Knows nothing of cells.
import { processes } from "./process-table.js";

/**
 * Sends a signal to the children of this process that began within the last `age` milliseconds, and to their own descendants: a
 * shell may be gone before what it started. Earlier ones, which work in the background, are left alone.
 */
export function signalChildren(signal: NodeJS.Signals, age: number): void {
  const { entries, resolution } = processes();
  const oldest = age / 1000 + resolution;
  const told = entries.filter((entry) => entry.parent === process.pid && entry.age <= oldest);
  for (const { pid } of told) told.push(...entries.filter(({ parent }) => parent === pid));
  for (const { pid } of told) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has gone meanwhile.
    }
  }
}
