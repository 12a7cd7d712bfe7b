// What exchanging data between devices costs: every algorithm is priced, and the cheapest is the plan. Simplified: the devices are
// alike, all in one machine, and each has its link for itself; what it costs in their own memory is hidden behind the link.
import { InputError } from "../../../core/errors.js";
import type { DeviceSpec } from "../../../hardware/index.js";
import type { CollectiveWork } from "../../operator/index.js";
import type { Constants } from "../constants.js";
import type { Candidate, Plan, Resources } from "../plan.js";

/** A way of exchanging, as it is in the literature. */
interface Algorithm {
  readonly name: "ring" | "tree" | "direct";
  /** Messages one after another. */
  readonly steps: number;
  /** Bytes that each device sends, a multiple of the whole tensor. */
  readonly sent: number;
}

interface Way extends Candidate {
  readonly algorithm: Algorithm;
  readonly protocol: Protocol;
}

type Protocol = "small" | "bulk";

/** Throws InputError where the device states no such link. */
export function planCollective(device: DeviceSpec, constants: Constants, work: CollectiveWork): Plan {
  const ways = waysOf(bandwidthOf(device, work), constants, work).sort((a, b) => a.time - b.time);
  const [best] = ways;
  return {
    resources: best.resources,
    combine,
    time: best.time,
    inWords: () => inWords(best, device, work),
    candidates: () => ways,
  };
}

function waysOf(bandwidth: number, constants: Constants, work: CollectiveWork): Way[] {
  const { linkShare, latency } = constants.collective;
  return algorithmsFor(work).flatMap((algorithm) =>
    (["small", "bulk"] as const).map((protocol) => {
      const { call, step, share } = latency[protocol];
      const resources = {
        link: (algorithm.sent * work.bytes) / (bandwidth * linkShare * share),
        overhead: call + algorithm.steps * step[work.link],
      };
      const choice = { algorithm: algorithm.name, protocol, steps: algorithm.steps };
      return { choice, resources, time: combine(resources), algorithm, protocol };
    }),
  );
}

/**
 * Rings as P. Patarasuk and X. Yuan, "Bandwidth optimal all-reduce algorithms for clusters of workstations", 2009: the tensor in as
 * many parts as there are devices, each part once around to be summed and once to be known. Trees as P. Sanders, J. Speck and
 * J. L. Träff, "Two-tree algorithms for full bandwidth broadcast, reduction and scan", 2009: up and down, all of it.
 */
function algorithmsFor({ collective, devices }: CollectiveWork): readonly Algorithm[] {
  const once = (devices - 1) / devices;
  switch (collective) {
    case "all_reduce":
      return [
        { name: "ring", steps: 2 * (devices - 1), sent: 2 * once },
        { name: "tree", steps: 2 * Math.ceil(Math.log2(devices)), sent: 2 },
      ];
    case "all_gather":
    case "reduce_scatter":
      return [{ name: "ring", steps: devices - 1, sent: once }];
    case "send_recv":
      return [{ name: "direct", steps: 1, sent: 1 }];
  }
}

function bandwidthOf({ name, links }: DeviceSpec, { link }: CollectiveWork): number {
  const bandwidth = links[link];
  if (bandwidth !== undefined) return bandwidth;
  throw new InputError(`${name} states no ${link === "peer" ? "links between devices" : "link to its host"}`, {
    where: `links.${link}_gb_s`,
    fix:
      link === "peer" && links.pcie !== undefined
        ? "Let them exchange over PCIe (pcie: 1), or add the figure to the device's file."
        : "Add the figure to the device's file.",
  });
}

function combine({ link = 0, overhead = 0 }: Resources): number {
  return link + overhead;
}

function inWords(
  { algorithm, protocol }: Way,
  { name }: DeviceSpec,
  { collective, devices, link }: CollectiveWork,
): string {
  const over = link === "peer" ? "its links" : "PCIe";
  const how = protocol === "small" ? "with a flag beside every word" : "in bulk";
  return `Planned: ${collective} of ${devices} ${name} over ${over} by ${algorithm.name}, in ${algorithm.steps} steps, ${how}.`;
}
