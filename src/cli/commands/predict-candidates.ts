// "Why this tile": the ways that the planner priced, as tables for a terminal. Prices nothing.
import type { ExplainedCandidate, ExplainedKernel, Explanation } from "../../model/index.js";
import type { Shell } from "../shell.js";
import { type Column, formatNumber, formatTable } from "../terminal.js";

/** The prediction in a line, and under it for each kernel its plan and the table of its candidates, the one taken first. */
export function candidateTables({ prediction, launch_us, kernels }: Explanation, shell: Shell): string {
  const [what, ...answer] = prediction.toString().split(": ");
  const launch = `${formatNumber(launch_us)} us of it are the launch (${prediction.protocol}).`;
  return [
    `${shell.paint("bold", what)}: ${answer.join(": ")}\n${launch}`,
    ...kernels.map((kernel, i) => kernelTable(kernel, `${i + 1} of ${kernels.length}`, shell)),
  ].join("\n\n");
}

function kernelTable({ kind, plan, limiter, candidates }: ExplainedKernel, place: string, { paint }: Shell): string {
  const choices = [...new Set(candidates.flatMap(({ choice }) => Object.keys(choice)))];
  const resources = [...new Set(candidates.flatMap(({ resources_us }) => Object.keys(resources_us)))];
  const columns: Column<ExplainedCandidate>[] = [
    ...choices.map((name) => ({
      title: name,
      cell: ({ choice }: ExplainedCandidate) => String(choice[name] ?? "-"),
      align: "right" as const,
    })),
    ...resources.map((name) => ({
      title: `${name.replaceAll("_", " ")}, us`,
      cell: ({ resources_us }: ExplainedCandidate) =>
        resources_us[name] === undefined ? "-" : formatNumber(resources_us[name]),
      align: "right" as const,
    })),
    {
      title: "time, us",
      cell: ({ time_us }) => formatNumber(time_us),
      align: "right",
      style: (row) => (row === candidates[0] ? "bold" : undefined),
    },
  ];
  const heading = `${paint("bold", `Kernel ${place}, ${kind}`)}, bound by ${limiter}. ${plan}`;
  const note =
    candidates.length === 1
      ? []
      : [paint("dim", `${candidates.length} ways, the first is taken; each resource as if it were alone.`)];
  return [heading, formatTable(candidates, columns, paint), ...note].join("\n");
}
