// Threads that share tasks, each of which is a call of what a file of the installation exports. Knows nothing of what it computes.
import { Piscina } from "piscina";

export type ThreadPoolOptions = Pick<
  NonNullable<ConstructorParameters<typeof Piscina>[0]>,
  "name" | "minThreads" | "maxThreads" | "idleTimeout"
>;

/**
 * A pool that may be ended at any moment. The pool first tries to `require` the file, and in Node 20 a thread that is ended within the
 * `require` of an ES module ends the whole process ("v8::Module::IsGraphAsync must be used on an instantiated module"): so that a cell
 * interrupted just when its threads began took the kernel with it. Without that `require` the file is imported.
 */
export function threadPool<Task, Answer>(filename: string, options: ThreadPoolOptions): Piscina<Task, Answer> {
  return new Piscina({ filename, ...options, execArgv: ["--no-experimental-require-module"] });
}
