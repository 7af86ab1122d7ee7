import { expect, test } from "vitest";
import { workloadCluster } from "../../workloads/cluster";
import { refuseImpossible } from "../../workloads/workload";
import type { Session } from "./session";

/** What is refused on the contract's cluster before anything is submitted. */
export function contractOfTheImpossible(started: () => { readonly session: Session }): void {
  test("what no gang could ever get is refused before it is submitted", () => {
    const { session } = started();
    const { cluster, spec } = session.handle;
    const offer = workloadCluster(spec.topology, cluster.nodes, cluster.partitions);
    const refused = (change: object) => () => refuseImpossible([session.job(change)], offer);
    expect(refused({ cores: 4 })).not.toThrow();
    expect(refused({ cores: 5 })).toThrow(/wants 5 cores.*there are 4/);
    expect(refused({ cores: 2, gpus: 2 })).not.toThrow();
    // A job has a core on each of its nodes, and these have one GPU each.
    expect(refused({ gpus: 2 })).toThrow(/wants 2 GPUs on at most 1 node/);
    expect(refused({ gpus: 3 })).toThrow(/wants 3 GPUs, there are 2/);
  });
}
