// The devices that come with warplab, found by name. What they are made of is in hardware/*.json.
import { InputError, nearest } from "../core/errors.js";
import { deviceFiles, type KnownDevice } from "./devices.generated.js";
import { loadDevice } from "./load.js";
import type { DeviceSpec } from "./spec.js";

/** A device's key, name or alias, or that of a device of one's own; editors offer those that come with warplab. */
export type DeviceName = KnownDevice | (string & Record<never, never>);

let shipped: readonly DeviceSpec[] | undefined;

/** Every device that comes with warplab, ordered by key. */
export function devices(): readonly DeviceSpec[] {
  shipped ??= Object.freeze(Object.entries(deviceFiles).map(([key, file]) => loadDevice(file, `hardware/${key}.json`)));
  return shipped;
}

let byName: ReadonlyMap<string, DeviceSpec> | undefined;

/** The devices that come with warplab, by everything that each is found under. */
function shippedByName(): ReadonlyMap<string, DeviceSpec> {
  byName ??= new Map(devices().flatMap((spec) => spellings(spec).map((spelling) => [spelling.toLowerCase(), spec])));
  return byName;
}

/**
 * A device by key, name or alias, without regard to case; a DeviceSpec is returned as it is. `more` are devices of one's
 * own, which win over those that come with warplab. Throws InputError that names the nearest, and `field`, where the name
 * stands in somebody's file.
 */
export function device(
  nameOrSpec: DeviceName | DeviceSpec,
  more: readonly DeviceSpec[] = [],
  field?: string,
): DeviceSpec {
  if (typeof nameOrSpec !== "string") return checkSpec(nameOrSpec);
  const wanted = nameOrSpec.trim().toLowerCase();
  const known = more.length === 0 ? shippedByName().get(wanted) : undefined;
  if (known !== undefined) return known;
  const all = [...more, ...devices()];
  const found = all.find((spec) => spellings(spec).some((spelling) => spelling.toLowerCase() === wanted));
  if (found !== undefined) return found;
  const slip = nearest(wanted, all.flatMap(spellings));
  throw new InputError(`unknown device "${nameOrSpec}"`, {
    ...(field === undefined ? {} : { where: field }),
    fix: `${slip === undefined ? "" : `Did you mean "${slip}"? `}Known: ${all.map(({ key }) => key).join(", ")}.`,
  });
}

/** Throws InputError where two devices of one's own would be found under the same name. */
export function refuseSharedNames(more: readonly DeviceSpec[]): void {
  const taken = new Map<string, DeviceSpec>();
  for (const spec of more) {
    for (const spelling of spellings(spec)) {
      const other = taken.get(spelling.toLowerCase());
      if (other !== undefined) {
        throw new InputError(`"${spelling}" is also a name of ${other.key}`, {
          where: `device ${spec.key}`,
          fix: "Give each device names of its own.",
        });
      }
      taken.set(spelling.toLowerCase(), spec);
    }
  }
}

/** Names of devices that come with warplab which now mean one of `more`, whose key is another. */
export function takenNames(
  more: readonly DeviceSpec[],
): readonly { readonly name: string; readonly from: DeviceSpec; readonly to: DeviceSpec }[] {
  const known = shippedByName();
  return more.flatMap((to) =>
    spellings(to).flatMap((name) => {
      const from = known.get(name.toLowerCase());
      return from === undefined || from.key === to.key ? [] : [{ name, from, to }];
    }),
  );
}

/** Everything that a device is found under: its key, its name and its aliases, each once. */
export function spellings({ key, name, aliases }: DeviceSpec): string[] {
  const seen = new Map<string, string>();
  for (const spelling of [key, name, ...aliases]) {
    const folded = spelling.toLowerCase();
    if (!seen.has(folded)) seen.set(folded, spelling);
  }
  return [...seen.values()];
}

function checkSpec(spec: unknown): DeviceSpec {
  if (typeof spec === "object" && spec !== null && "key" in spec && "peak" in spec && "dram" in spec) {
    return spec as DeviceSpec;
  }
  throw new InputError(`a device is a name or what loadDevice() made, got ${JSON.stringify(spec)?.slice(0, 60)}`, {
    fix: 'Write device("h100"), or loadDevice(json) for a device of your own.',
  });
}
