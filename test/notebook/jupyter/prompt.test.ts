// `prompt` in a cell: asks the front end that runs the cell, waits, and can be interrupted while it does.
import { describe, expect, test } from "vitest";
import { kernelForFile, newFolder, pause, printed, resultText, startKernel } from "./kernel.js";

const kernel = kernelForFile();

test("what is answered is the value of the call, with and without await", async () => {
  const asked: unknown[] = [];
  const cell = await kernel().execute(
    "const name: string | null = prompt('Name?'); [name, await prompt('Age? '), prompt()]",
    {
      onInput: (question) => {
        asked.push(question);
        return `answer ${asked.length} ü`;
      },
    },
  );
  expect(resultText(cell)).toBe("[ 'answer 1 ü', 'answer 2 ü', 'answer 3 ü' ]");
  expect(asked).toEqual([
    { prompt: "Name? ", password: false },
    { prompt: "Age? ", password: false },
    { prompt: "", password: false },
  ]);
});

test("an empty line gives the default, which is told; the end of input gives null; a password is not shown", async () => {
  const asked: unknown[] = [];
  const answers = ["", "", "Grace", "\x04"];
  const cell = await kernel().execute(
    "[prompt('Name?', 'Ada'), prompt('Nothing'), prompt('Key:', { default: 'secret', password: true }), prompt('End')]",
    {
      onInput: (question) => {
        asked.push(question);
        return answers[asked.length - 1];
      },
    },
  );
  expect(resultText(cell)).toBe("[ 'Ada', '', 'Grace', null ]");
  expect(asked).toEqual([
    { prompt: "Name? [Ada] ", password: false },
    { prompt: "Nothing ", password: false },
    { prompt: "Key: ", password: true },
    { prompt: "End ", password: false },
  ]);
});

test("what was printed before is published before", async () => {
  const order: string[] = [];
  await kernel().execute("console.log('first'); prompt('second'); console.log('third')", {
    onMessage: ({ type }) => void (type === "stream" && order.push(type)),
    onInput: async () => {
      await pause(100);
      order.push("asked");
      return "";
    },
  });
  expect(order).toEqual(["stream", "asked", "stream"]);
});

test("a wrong argument is an error of TypeScript's", async () => {
  const { reply } = await kernel().execute("prompt(5, true)", { onInput: () => "" });
  expect(reply.status).toBe("error");
  expect(reply.traceback?.[0]).toMatch(/'number' is not assignable to parameter of type 'string'/);
});

describe("without anybody to answer", () => {
  test("the error names the way out", async () => {
    const { reply } = await kernel().execute("prompt('Name?')");
    expect(reply).toMatchObject({ status: "error", ename: "WarplabError" });
    expect(reply.evalue).toMatch(/prompt\("Name\?"\): nobody is there to answer[\s\S]*parameters[\s\S]*--set/);
  });

  test("after the cell it is refused rather than waited for", async () => {
    const cell = await kernel().execute(
      "setTimeout(() => { try { prompt('late') } catch (error) { globalThis.refused = error.message } }, 50); 1",
      { onInput: () => "" },
    );
    expect(cell.reply.status).toBe("ok");
    await pause(150);
    expect(resultText(await kernel().execute("(globalThis as any).refused"))).toMatch(/only a cell that runs can ask/);
  });
});

const ways: readonly (readonly [string, () => Promise<void>])[] = [
  ["interrupt_request", () => kernel().interrupt()],
  ["SIGINT", async () => void kernel().process.kill("SIGINT")],
];

describe.each(ways)("%s", (_way, interrupt) => {
  test("ends the wait, and its late answer is not taken for the next prompt's", async () => {
    let answerLate!: (value: string) => void;
    const late = new Promise<string>((resolve) => {
      answerLate = resolve;
    });
    let asked = false;
    const running = kernel().execute("prompt('one')", {
      onInput: () => {
        asked = true;
        return late;
      },
    });
    while (!asked) await pause(5);
    const start = Date.now();
    await interrupt();
    expect((await running).reply).toMatchObject({ status: "error", ename: "Interrupted" });
    expect(Date.now() - start).toBeLessThan(1000);
    const next = await kernel().execute("prompt('two')", {
      onInput: async () => {
        answerLate("stale");
        await pause(100);
        return "fresh";
      },
    });
    expect(resultText(next)).toBe("'fresh'");
  });
});

test("an answer that nobody asked for is dropped", async () => {
  kernel().send("stdin", "input_reply", { value: "unasked" });
  await pause(100);
  expect(resultText(await kernel().execute("prompt('?')", { onInput: () => "asked" }))).toBe("'asked'");
});

test("comm messages that arrive meanwhile are handled afterwards, in order", async () => {
  await kernel().execute(`
var got: number[] = [];
(globalThis as any)[Symbol.for("warplab.kernel")].registerTarget("numbers", (comm: any) => {
  comm.onMessage = (n: number) => void got.push(n);
});`);
  const id = kernel().openComm("numbers", {});
  const cell = await kernel().execute("prompt('?'); await new Promise((r) => setTimeout(r, 20)); got.join()", {
    onInput: async () => {
      for (let n = 0; n < 50; n++) kernel().sendComm(id, n);
      await pause(50);
      return "";
    },
  });
  expect(resultText(cell)).toBe(`'${Array.from({ length: 50 }, (_, n) => n).join()}'`);
});

test("a cell that catches the interrupt of its prompt does not go on for ever", async () => {
  const running = kernel().execute("for (;;) { try { prompt('again') } catch {} }", {
    onInput: () => new Promise(() => {}),
  });
  await pause(200);
  await kernel().interrupt();
  expect((await running).reply).toMatchObject({ status: "error", ename: "Interrupted" });
  expect(printed(await kernel().execute("console.log('alive')"))).toBe("alive\n");
});

test("a shutdown ends a kernel that waits for an answer", async () => {
  const other = await startKernel({ cwd: newFolder() });
  other.execute("prompt('?')", { onInput: () => new Promise(() => {}) }).catch(() => {});
  await pause(300);
  await other.shutdown();
  expect(other.process.exitCode).toBe(0);
});
