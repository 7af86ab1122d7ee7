import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    reporters: ["default"],
    // The default leaves one of two cores idle.
    maxWorkers: availableParallelism(),
    // The commands load their own code by require, which needs tsx also under vitest.
    execArgv: ["--require", "tsx/cjs"],
  },
});
