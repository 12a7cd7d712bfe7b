// Turns hardware/*.json into src/hardware/devices.generated.ts, so that devices reach the browser without a file system.
// Deterministic; writes only when something changed.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const repository = resolve(fileURLToPath(import.meta.url), "../..");

/**
 * @param {string} [root] the folder that has hardware/ and src/
 * @returns {Promise<{ path: string, changed: boolean }>}
 */
export async function generateDevices(root = repository) {
  const schema = await readJson(join(root, "hardware/device.schema.json"));
  const devices = await readFolder(join(root, "hardware"), (name) => !name.endsWith(".schema.json"));
  const measurements = await readFolder(join(root, "hardware/measurements"), () => true);
  for (const [key, device] of Object.entries(devices)) {
    if (device.key !== key)
      throw new Error(`hardware/${key}.json: key is "${device.key}", the file name says "${key}"`);
  }
  const text = [
    "// Generated from hardware/ by scripts/generate-devices.mjs: change it there.",
    `export const deviceSchema: unknown = ${literal(schema)};`,
    `export const deviceFiles: Readonly<Record<string, unknown>> = ${literal(devices)};`,
    `/** The devices that come with warplab, by their keys and short aliases. */\nexport type KnownDevice = ${shortNames(devices)};`,
    `export const measurementFiles: Readonly<Record<string, unknown>> = ${literal(measurements)};`,
    "",
  ].join("\n\n");
  const path = join(root, "src/hardware/devices.generated.ts");
  const before = await readFile(path, "utf8").catch(() => undefined);
  if (before !== text) await writeFile(path, text);
  return { path, changed: before !== text };
}

async function readFolder(folder, wanted) {
  // Sorted by code unit, since a locale's order would differ between machines.
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json") && wanted(name)).sort();
  const entries = [];
  for (const name of names) entries.push([name.slice(0, -".json".length), await readJson(join(folder, name))]);
  return Object.fromEntries(entries);
}

async function readJson(path) {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    throw new Error(`${path}: ${error.message}`);
  }
}

/** A union of the names that people type: a device's longer spellings are found too, and offered nowhere. */
function shortNames(devices) {
  const names = Object.values(devices).flatMap(({ key, aliases }) => [key, ...aliases]);
  const short = [...new Set(names.filter((name) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)))];
  return short
    .sort()
    .map((name) => JSON.stringify(name))
    .join(" | ");
}

function literal(value) {
  return JSON.stringify(value, null, 2);
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { path, changed } = await generateDevices();
  console.log(`${relative(process.cwd(), path)} ${changed ? "written" : "is up to date"}`);
}
