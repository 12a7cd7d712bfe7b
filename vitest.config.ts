import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/browser/**"],
    globalSetup: "test/temporary-folder.ts",
    // Generous: a machine that does other work besides is no reason to fail.
    testTimeout: 60_000,
  },
});
