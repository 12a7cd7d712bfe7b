// Where a server keeps its data when nobody says where: by the XDG Base Directory Specification 0.8, on Windows where programs keep
// theirs. Knows nothing of what is kept.
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** What `--data` takes for: keep nothing. SQLite's own word for it. */
export const inMemory = ":memory:";

/** The folder of this person's data. */
export function dataFolder(env: NodeJS.ProcessEnv = process.env): string {
  const named = env["XDG_DATA_HOME"];
  // "All paths set in these environment variables must be absolute. ... a relative path should be considered invalid and ignored."
  if (named !== undefined && isAbsolute(named)) return join(named, "warplab");
  const local = env["LOCALAPPDATA"];
  if (process.platform === "win32" && local !== undefined) return join(local, "warplab");
  return join(homedir(), ".local", "share", "warplab");
}
