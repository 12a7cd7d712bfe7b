// `--hardware DIR`: devices of one's own, from files.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Option } from "commander";
import { InputError } from "../core/errors.js";
import { type DeviceSpec, loadDevice, refuseSharedNames, takenNames } from "../hardware/index.js";
import { explainFileError, readTextFile } from "./shell.js";

export function hardwareOption(): Option {
  return new Option(
    "--hardware <dir>",
    "add the devices of this folder's .json files (form: hardware/device.schema.json); one with the key of a known device takes its place, one with a name of it that name",
  );
}

/**
 * The devices of a folder's .json files; none where no folder is given. Names that they take from devices that come with warplab
 * are said on standard error. Throws InputError when there is none in it.
 */
export async function readHardwareFolder(folder: string | undefined): Promise<DeviceSpec[]> {
  if (folder === undefined) return [];
  const names = await readdir(folder).catch((error) => {
    throw explainFileError(error, folder, "folder of devices");
  });
  const files = names.filter((name) => name.endsWith(".json") && !name.endsWith(".schema.json")).sort();
  if (files.length === 0) {
    throw new InputError("there is no .json file in it", {
      where: folder,
      fix: "--hardware takes a folder with one file a device, in the form of hardware/device.schema.json.",
    });
  }
  const devices = await Promise.all(
    files.map(async (name) => {
      const path = join(folder, name);
      return loadDevice(await readTextFile(path, "device file"), path);
    }),
  );
  refuseSharedNames(devices);
  for (const { name, from, to } of takenNames(devices)) {
    process.stderr.write(`"${name}" means ${to.key} of ${folder} here, not ${from.key}\n`);
  }
  return devices;
}
