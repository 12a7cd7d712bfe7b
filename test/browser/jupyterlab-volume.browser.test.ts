// A great deal of everything in one notebook, in a real JupyterLab: what is shown last is there, and the page is still to be used.
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { chromiumPath, launchChromium, StepperDriver, screenshot } from "./chromium.js";
import { fixtureCells, writeFixtureNotebook } from "./fixture-notebook.js";
import { hasJupyterLab, LabNotebook, LabServer } from "./jupyterlab.js";

const folder = fileURLToPath(new URL("../../out/jupyterlab-volume/", import.meta.url));

const cells = [
  `for (let i = 1; i <= 1e6; i++) console.log("line", i);`,
  `for (let i = 1; i <= 10_000; i++) show(\`update \${i}\`, { id: "counter" });`,
  `for (let i = 0; i < 10_000; i++) stepper.cursor = i % 50;\nstepper.cursor = 9;`,
  "for (let i = 0; i < 200; i++) show(gpu.step(abs, { grid: 2, block: 32 }, { n: 50, x, y }));",
  `const [large, larger] = [gpu.zeros(f32, 1 << 18), gpu.zeros(f32, 1 << 18)];
show(gpu.step(abs, { grid: 1024, block: 256 }, { n: 1 << 18, x: large, y: larger }));`,
];
const [lines, updates, , steppers, big] = cells.map((_, i) => fixtureCells.more + i);

it.skipIf(chromiumPath === undefined || !hasJupyterLab)("stays usable whatever a notebook shows", async () => {
  const [server, browser] = await Promise.all([LabServer.start({ widgetManager: true }), launchChromium()]);
  const page = await browser.newPage({ viewport: { width: 1400, height: 1100 } });
  try {
    const notebook = await LabNotebook.open(page, server, writeFixtureNotebook(folder, cells));
    const began = performance.now();
    await notebook.runAll();
    console.log(`All of it ran and was shown in ${Math.round(performance.now() - began)} ms`);

    expect(await notebook.output(lines)).toContain("line 1000000");
    expect(await notebook.output(updates)).toBe("update 10000");
    const first = new StepperDriver(notebook.cells.nth(fixtureCells.stepper));
    await first.ready();
    await expect.poll(() => first.cursor()).toBe(9);

    await notebook.cells.nth(steppers).scrollIntoViewIfNeeded();
    const several = new StepperDriver(notebook.cells.nth(steppers), 20);
    await several.ready();
    await several.press("step");
    expect(await several.cursor()).toBe(1);

    const large = new StepperDriver(notebook.cells.nth(big));
    await large.ready();
    await large.key("End");
    expect(await large.cursor()).toBeGreaterThan(100_000);
    const pressed = performance.now();
    for (let i = 0; i < 20; i++) await large.key("ArrowLeft");
    console.log(`A step back in a launch of 262,144 threads: ${Math.round((performance.now() - pressed) / 20)} ms`);
    await notebook.run(fixtureCells.launch);
    expect(await notebook.output(fixtureCells.launch)).toContain("y[3] is 3");
  } catch (error) {
    await screenshot(page, "failure-volume");
    console.log(`JupyterLab said:\n${server.log().slice(-3000)}`);
    throw error;
  } finally {
    await browser.close();
    await server.stop();
  }
});
