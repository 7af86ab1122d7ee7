import { writeFileSync } from "node:fs";
import type { Reporter, TestCase, TestModule, Vitest } from "vitest/node";
import type { Failed, Outcome, Skipped } from "../cli/test-outcome";

/** As titles hold it: `a stack of containers (skipped: domains need root)`. */
const reasonInTitle = /\(skipped: ([^)]*)\)/;

/** Why a test did not run, as its title or `context.skip(reason)` says. */
export function skipReason(title: string, note: string | undefined, setUpFailed: boolean): string {
  if (setUpFailed) return "the set-up of their group failed";
  return note?.replace(/^skipped: /, "") ?? reasonInTitle.exec(title)?.[1] ?? "no reason given";
}

function setUpFailed({ parent }: TestCase): boolean {
  for (let group = parent; group.type === "suite"; group = group.parent) {
    if (group.errors().length > 0) return true;
  }
  return parent.type === "module" && parent.errors().length > 0;
}

function skipped(test: TestCase): Skipped {
  const result = test.result();
  const note = result.state === "skipped" ? result.note : undefined;
  return {
    file: test.module.relativeModuleId,
    reason: skipReason(test.fullName, note, setUpFailed(test)),
  };
}

/** @param test null for a file that could not be loaded. */
export function failedTest(
  file: string,
  test: string | null,
  errors: readonly { readonly message: string }[] | undefined,
): Failed {
  return { file, test, error: errors?.[0]?.message.split("\n")[0] ?? "no error given" };
}

/** Writes the counts, the error of every test that failed, and the reason of every test that was skipped, to `--outputFile.outcome`. */
export default class OutcomeReporter implements Reporter {
  #file: string | undefined;

  onInit({ config: { outputFile } }: Vitest): void {
    this.#file = typeof outputFile === "object" ? outputFile.outcome : undefined;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    if (this.#file === undefined) return;
    const tests = (state: "passed" | "failed" | "skipped") =>
      modules.flatMap((module) => [...module.children.allTests(state)]);
    const broken = modules.filter((module) => module.errors().length > 0);
    const outcome: Outcome = {
      passed: tests("passed").length,
      failed: [
        ...broken.map((file) => failedTest(file.relativeModuleId, null, file.errors())),
        ...tests("failed").map((test) =>
          failedTest(test.module.relativeModuleId, test.fullName, test.result().errors),
        ),
      ],
      skipped: tests("skipped").map(skipped),
    };
    writeFileSync(this.#file, JSON.stringify(outcome));
  }
}
