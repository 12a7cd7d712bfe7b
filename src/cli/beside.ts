// Files that a launch file names, from the folder that it lies in. Knows nothing of what is in them.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { InputError } from "../core/errors.js";
import { explainFileError } from "./shell.js";

/** Reads files that the launch names, relative to its own folder. */
export function readerBeside(file: string): (path: string) => string {
  return (path) => {
    const whole = resolve(dirname(file), path);
    try {
      return readFileSync(whole, "utf8");
    } catch (error) {
      const explained = explainFileError(error, path, "PTX file");
      if (!(explained instanceof InputError)) throw explained;
      throw new InputError(explained.message.split("\n")[0], {
        where: "ptx",
        fix: `The path is taken from the folder of the launch file: ${whole}.`,
      });
    }
  };
}
