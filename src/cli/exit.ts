// How a command ends: the exit statuses, and what is said on standard error when it did not go well. Knows no command.
import { WarplabError } from "../core/errors.js";

export const exitStatus = {
  /** It was done, and what was to be checked holds. */
  done: 0,
  /** It was done, and a check does not hold: a validation outside its band, a fault in a launch, a cell that failed. */
  checkFailed: 1,
  /** The input is not usable: a file, an option, a name. */
  badInput: 2,
  /** warplab itself is wrong: EX_SOFTWARE of sysexits.h. */
  defect: 70,
} as const;

export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

/** What to say and how to exit for something that was thrown. A stack trace appears for defects only. */
export function explainFailure(thrown: unknown): { readonly message: string; readonly status: ExitStatus } {
  if (thrown instanceof WarplabError) return { message: thrown.message, status: exitStatus.badInput };
  const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return {
    message: `This is a bug in warplab, not in your input. Please report it with what you typed and these lines:\n${stack}`,
    status: exitStatus.defect,
  };
}
