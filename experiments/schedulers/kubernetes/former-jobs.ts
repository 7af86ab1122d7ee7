import { setTimeout as delay } from "node:timers/promises";
import { ClusterNotReady } from "../not-ready";
import { type ApiClients, call } from "./connection";
import { runLabel } from "./names";
import type { VolcanoJob } from "./objects";
import { volcanoJobs } from "./resources";

const FORGET_MS = 90_000;
const LOOK_EVERY_MS = 1_000;

/** Removes what former runs finished: the API server would carry it through this run. */
export async function forgetFinished(
  listJobs: (selector: string) => Promise<VolcanoJob[]>,
  admin: ApiClients,
  host: string,
  runId: string,
): Promise<void> {
  const labelSelector = `${runLabel},${runLabel}!=${runId}`;
  const until = performance.now() + FORGET_MS;
  for (let asked = false; ; asked = true) {
    const former = await listJobs(labelSelector);
    if (former.length === 0) return;
    if (performance.now() > until) {
      throw new ClusterNotReady(`${former.length} jobs of former runs do not go away`, {
        remedy: "See `journalctl --unit kube-controller-manager` on the controller.",
      });
    }
    if (!asked) {
      const namespaces = new Set(former.map(({ metadata }) => metadata.namespace));
      await call(host, "remove the jobs of former runs", () =>
        Promise.all(
          [...namespaces].map((namespace) =>
            admin.custom.deleteCollectionNamespacedCustomObject({
              ...volcanoJobs,
              namespace,
              labelSelector,
              propagationPolicy: "Foreground",
            }),
          ),
        ),
      );
    }
    await delay(LOOK_EVERY_MS);
  }
}
