// A PTX module as its card: which kernels it has, what each needs, and everything that is not supported.
import type { KernelReport, ModuleReport } from "../gpu/analysis/module-report.js";
import { type Card, cardHtml } from "./card.js";
import { tableHtml } from "./table.js";

/** What `gpu.load(text)` gives; the PTX is folded. */
export function moduleCard({ report, ptx }: { readonly report: ModuleReport; readonly ptx: string }): string {
  const { kernels, target, version } = report;
  const unsupported = kernels.flatMap(({ name, unsupported: each }) =>
    each.map((problem) => ({ kernel: name, ...problem })),
  );
  const unable = kernels.filter(({ runs }) => !runs).length;
  const card: Card = {
    kind: "PTX module",
    title: kernels.length === 1 ? kernels[0].name : `${kernels.length} kernels`,
    beside: `PTX ${version} for ${target}`,
    remarks:
      unable === 0
        ? [{ text: "All kernels can run.", verdict: "good" }]
        : [{ text: `${unable} of ${kernels.length} kernels cannot run.`, verdict: "bad" }],
    folded: [{ summary: `PTX, ${ptx.trimEnd().split("\n").length} lines`, text: ptx.trim() }],
  };
  const parts = [cardHtml(card)];
  if (kernels.length > 0) parts.push(tableHtml(withoutIdleColumns(kernels.map(rowOf)), { caption: "Kernels" }));
  if (unsupported.length > 0) {
    const rows = unsupported.map(({ kernel, ptx_line, message, fix, text }) => ({
      kernel,
      line: ptx_line,
      message: [message, fix].filter((each) => typeof each === "string").join("\n"),
      PTX: text,
    }));
    parts.push(tableHtml(rows, { caption: "Not supported", sentences: ["message"] }));
  }
  return parts.join("");
}

/** Rows without the columns in which none of them has anything: most kernels need no local memory and call nothing. */
function withoutIdleColumns(rows: readonly Record<string, string | number>[]): Record<string, string | number>[] {
  const told = (name: string) => rows.some((row) => row[name] !== "" && row[name] !== 0 && row[name] !== "0");
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => told(name))));
}

function rowOf(kernel: KernelReport): Record<string, string | number> {
  const { name, parameters, instructions, shared_bytes, local_bytes, calls, directives } = kernel;
  return {
    kernel: name,
    runs: kernel.runs ? "yes" : "no",
    parameters: parameters
      .map(({ type, elements }) => `.${type}${elements === null ? "" : `[${elements}]`}`)
      .join(", "),
    registers: kernel.registers_estimate === null ? "" : `about ${kernel.registers_estimate}`,
    "shared memory": `${shared_bytes ?? ""}${kernel.dynamic_shared ? " and dynamic" : ""}`,
    "local memory": local_bytes ?? "",
    calls: calls.join(", "),
    directives: directives.join(" "),
    instructions: instructions.total,
    "most frequent": Object.entries(instructions.by_opcode)
      .slice(0, 5)
      .map(([opcode, count]) => `${opcode} ${count}`)
      .join(", "),
  };
}
