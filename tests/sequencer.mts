import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The order of the end-to-end tests, two of which run side by side. The longest waits come first: the
 * contract of Kubernetes is as long as the next four together. Emulated machines compute for all of their
 * time, so they come after the contracts and the faults, whose limits of time they would strain.
 */
export const endToEndOrder = [
  "contract-kubernetes",
  "stack-containers",
  "host-container",
  "command-plugin",
  "command-plugin-source",
  "ownership",
  "workloads",
  "emulated-kubernetes",
  "contract-slurm",
  "own-log",
  "contract-flux",
  "campaign",
  "emulated-slurm",
  "elastic-slurm",
  "elastic-kubernetes",
  "elastic-flux",
  "contract-flux-tree",
  "membership-kubernetes",
  "membership-flux",
  "emulated-flux",
  "accelerated-flux",
  "chaos",
  "contract-preemption",
  "stack-machine",
  "stack-faults",
  "report",
  "campaign-report",
  "stack-file-reading",
  "pause",
  "image-contract",
].map((name) => `tests/e2e/${name}.e2e.test.ts`);

/** Other tests go in vitest's own order. */
export default class Sequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) =>
      endToEndOrder.findIndex((file) => moduleId.endsWith(`/${file}`));
    const usual = await super.sort(files);
    return usual.toSorted((one, other) => place(one) - place(other));
  }
}
