// Tests that need more than Node: Chromium, and a JupyterLab. What they cannot find they say and skip, unless
// WARPLAB_REQUIRE_BROWSER or WARPLAB_REQUIRE_JUPYTERLAB is set, as .ci/run does: then its absence is a failure.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/browser/**/*.browser.test.ts"],
    globalSetup: "test/temporary-folder.ts",
    testTimeout: 240_000,
    hookTimeout: 240_000,
    fileParallelism: false,
    retry: 0,
  },
});
