// `warplab devices`: which devices there are, and what is known of one of them. Predicts nothing.
import type { Command } from "commander";
import { type DeviceSpec, devices, device as findDevice } from "../../hardware/index.js";
import { hardwareOption, readHardwareFolder } from "../hardware-folder.js";
import type { Shell } from "../shell.js";
import { formatNumber, formatTable } from "../terminal.js";

export function registerDevices(program: Command, shell: Shell): void {
  program
    .command("devices")
    .summary("list the devices, or explain one")
    .description("Lists the devices that warplab knows, or gives every figure of one of them with its source.")
    .argument("[name]", "a device by key, name or alias, in any case")
    .addOption(hardwareOption())
    .option("--json", "print one JSON document (SI units: operations a second, bytes, Hz)")
    .addHelpText(
      "after",
      `
Examples:
  warplab devices                      the list
  warplab devices a100                 one device, figure by figure, with sources
  warplab devices --hardware my-gpus   with those of the .json files in my-gpus
  warplab devices --json | jq -r '.devices[].key'`,
    )
    .action(async (name: string | undefined, options: { hardware?: string; json?: true }) => {
      const own = await readHardwareFolder(options.hardware);
      const chosen = name === undefined ? [...own, ...devices()] : [findDevice(name, own)];
      if (options.json) shell.printJson({ devices: chosen });
      else if (name === undefined) shell.print(listOf(chosen, shell));
      else shell.print(portraitOf(chosen[0], shell));
    });
}

function listOf(specs: readonly DeviceSpec[], { paint }: Shell): string {
  const teraflops = (spec: DeviceSpec, precision: "FP32" | "FP16" | "FP8_E4M3") => {
    const peak = spec.peak[precision];
    return peak === undefined ? "-" : formatNumber(peak / 1e12);
  };
  const table = formatTable(
    specs,
    [
      { title: "device", cell: ({ key }) => key, style: () => "bold" },
      { title: "name", cell: ({ name }) => name },
      { title: "SMs", cell: ({ sms }) => (sms === undefined ? "-" : String(sms)), align: "right" },
      { title: "FP32", cell: (spec) => teraflops(spec, "FP32"), align: "right" },
      { title: "FP16", cell: (spec) => teraflops(spec, "FP16"), align: "right" },
      { title: "FP8", cell: (spec) => teraflops(spec, "FP8_E4M3"), align: "right" },
      { title: "GB/s", cell: ({ dram }) => formatNumber(dram.bandwidth / 1e9), align: "right" },
      { title: "GB", cell: ({ dram }) => formatNumber(dram.capacity / 1e9), align: "right" },
      { title: "also called", cell: ({ aliases }) => aliases.slice(0, 3).join(", "), style: () => "dim" },
    ],
    paint,
  );
  const heading = `${specs.length} devices. Peaks are dense, in TFLOP/s; FP16 and FP8 on tensor cores.`;
  return `${heading}\n\n${table}\n\nEvery figure with its source: warplab devices ${specs[0].key}`;
}

interface Figure {
  readonly figure: string;
  readonly value: string;
  /** Its path in the device's file, by which its source is found. */
  readonly path: string;
}

function portraitOf(spec: DeviceSpec, { paint }: Shell): string {
  const figures = figuresOf(spec);
  const table = formatTable(
    figures,
    [
      { title: "figure", cell: ({ figure }) => figure },
      { title: "value", cell: ({ value }) => value, align: "right" },
      { title: "source", cell: ({ path }) => sourceOf(spec, path), style: () => "dim" },
    ],
    paint,
  );
  const parts = [`${paint("bold", spec.name)} (${spec.key}), ${spec.vendor} ${spec.architecture}`, table];
  if (spec.aliases.length > 0) parts.push(`Also called: ${spec.aliases.join(", ")}`);
  if (spec.unsure.length > 0) {
    parts.push(
      ["To be treated with care:", ...spec.unsure.map(({ figure, note }) => `  ${figure}: ${note}`)].join("\n"),
    );
  }
  return parts.join("\n\n");
}

function figuresOf(spec: DeviceSpec): Figure[] {
  const figures: Figure[] = [];
  const add = (figure: string, path: string, value: number | undefined, unit: string, scale = 1) => {
    if (value !== undefined) figures.push({ figure, path, value: `${formatNumber(value / scale)} ${unit}`.trimEnd() });
  };
  if (spec.computeCapability !== undefined) {
    figures.push({ figure: "compute capability", path: "compute_capability", value: spec.computeCapability });
  }
  add("SMs", "sms", spec.sms, "");
  add("boost clock", "boost_clock_mhz", spec.boostClock, "MHz", 1e6);
  add("special functions per clock and SM", "special_per_clock_per_sm", spec.specialPerClock, "");
  for (const [precision, peak] of Object.entries(spec.peak)) {
    add(`peak ${precision}`, `peak_tflops.${precision}`, peak, "TFLOP/s", 1e12);
  }
  for (const [precision, peak] of Object.entries(spec.matrixPeak)) {
    add(`peak ${precision}, of matrices`, `matrix_peak_tflops.${precision}`, peak, "TFLOP/s", 1e12);
  }
  add(`${spec.dram.type} bandwidth`, "dram.bandwidth_gb_s", spec.dram.bandwidth, "GB/s", 1e9);
  add(`${spec.dram.type} capacity`, "dram.capacity_gb", spec.dram.capacity, "GB", 1e9);
  add("L2", "cache.l2_mib", spec.cache.l2, "MiB", 2 ** 20);
  add("L2 bandwidth", "cache.l2_bandwidth_gb_s", spec.cache.l2Bandwidth, "GB/s", 1e9);
  add("L1 per clock and SM", "cache.l1_bytes_per_clock_per_sm", spec.cache.l1PerClock, "B");
  add("L1 and shared, per SM", "cache.l1_shared_kib_per_sm", spec.cache.l1SharedPerSm, "KiB", 1024);
  add("shared, per SM", "cache.shared_kib_per_sm", spec.cache.sharedPerSm, "KiB", 1024);
  add("shared, per block", "cache.shared_kib_per_block", spec.cache.sharedPerBlock, "KiB", 1024);
  add("threads per block", "limits.threads_per_block", spec.limits?.threadsPerBlock, "");
  add("threads per SM", "limits.threads_per_sm", spec.limits?.threadsPerSm, "");
  add("blocks per SM", "limits.blocks_per_sm", spec.limits?.blocksPerSm, "");
  add("registers per SM", "limits.registers_per_sm", spec.limits?.registersPerSm, "");
  add("registers per block", "limits.registers_per_block", spec.limits?.registersPerBlock, "");
  add("registers per thread", "limits.registers_per_thread", spec.limits?.registersPerThread, "");
  add("to the host, each way", "links.pcie_gb_s", spec.links.pcie, "GB/s", 1e9);
  add("to other devices, each way", "links.peer_gb_s", spec.links.peer, "GB/s", 1e9);
  add("between two kernels", "launch_overhead_us", spec.launchOverhead, "us", 1e-6);
  add("power", "tdp_w", spec.tdp, "W");
  add("process", "process_nm", spec.process, "nm", 1e-9);
  for (const [kernel, byPrecision] of Object.entries(spec.efficiency)) {
    for (const [precision, factor] of Object.entries(byPrecision)) {
      add(`efficiency ${kernel} ${precision}`, `efficiency.${kernel}.${precision}`, factor, "");
    }
  }
  return figures;
}

/** A source stands at the figure's own path or at the group it belongs to (`limits`). */
function sourceOf({ sources }: DeviceSpec, path: string): string {
  for (let at = path; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf(".")))) {
    if (sources[at] !== undefined) return sources[at];
  }
  return "";
}
