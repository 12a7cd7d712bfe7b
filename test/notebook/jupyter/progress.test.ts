// Bars as the kernel as built sends them, while a simulation keeps its main thread busy.
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { IopubMessage } from "../../../src/notebook/jupyter/client/client.js";
import { kernelForFile, until } from "./kernel.js";

// In the project, where `warplab` is found.
const kernel = kernelForFile(() => ({ cwd: resolve(import.meta.dirname, "../../..") }));

const preparation = `import { VirtualGPU, kernel, f32, i32, progress } from "warplab";
const spin = kernel("spin", { n: i32, y: f32.ptr }, ({ n, y }, { blockIdx, blockDim, threadIdx }) => {
  const i = blockIdx.x * blockDim.x + threadIdx.x;
  let s = y[i];
  for (let k = 0; k < n; k++) s = s * 0.5 + 1;
  y[i] = s;
});
const gpu = new VirtualGPU("h100");
const y = gpu.zeros(f32, 32 * 40);`;

const endless = "gpu.launch(spin, { grid: 40, block: 32 }, { n: 100_000_000, y })";

interface Shown {
  readonly type: string;
  readonly words: string;
  readonly id: string | undefined;
}

function bar(message: IopubMessage): Shown | undefined {
  if (message.type !== "display_data" && message.type !== "update_display_data") return undefined;
  const { data, transient } = message.content as { data: Record<string, string>; transient?: { display_id?: string } };
  return { type: message.type, words: data["text/plain"], id: transient?.display_id };
}

describe("a long synchronous launch", () => {
  it("shows a bar that moves while it runs, and its end when it is interrupted", async () => {
    expect((await kernel().execute(preparation)).reply.status).toBe("ok");
    const seen: Shown[] = [];
    kernel().onIopub = (message) => {
      const found = bar(message);
      if (found !== undefined) seen.push(found);
    };
    const running = kernel().execute(endless);
    // The launch takes minutes: what arrives now arrives while it runs.
    await until(() => (seen.length < 4 ? undefined : seen));
    expect(seen.every(({ words }) => /^launch of spin: 0 % · 0 of 40 blocks · [\d,]+ steps/.test(words))).toBe(true);
    await kernel().interrupt();
    const { reply } = await running;
    expect(reply).toMatchObject({ status: "error", ename: "Interrupted" });
    expect(seen.map(({ type }) => type)).toEqual(["display_data", ...seen.slice(1).map(() => "update_display_data")]);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(1);
    expect(seen.at(-1)?.words).toMatch(/^launch of spin: interrupted at 0 % after/);
  });

  it("leaves no bar that seems to run where the cell fails", async () => {
    const { messages, reply } = await kernel().execute(`const bar = progress(10, { label: "by hand" });
      await new Promise((resolve) => setTimeout(resolve, 700));
      bar.advance(4);
      throw new Error("no more");`);
    expect(reply.status).toBe("error");
    expect(messages.flatMap((message) => bar(message)?.words ?? []).at(-1)).toMatch(/^by hand: failed at 40 % after/);
  });
});
