import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    reporters: ["default"],
    // The commands load their own code by require, which needs tsx also under vitest.
    execArgv: ["--require", "tsx/cjs"],
  },
});
