import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import Sequencer from "./tests/sequencer.mts";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    reporters: ["default"],
    // The default leaves one of two cores idle.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: Sequencer },
    setupFiles: ["tests/tidy.ts"],
    // A deadline for what hangs: 5 s, the default, are not enough where a cluster is busy beside the tests.
    testTimeout: 60_000,
    // The commands load their own code by require, which needs tsx also under vitest.
    execArgv: ["--require", "tsx/cjs"],
  },
});
