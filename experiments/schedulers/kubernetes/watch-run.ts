import type { Observer } from "../adapter";
import { type Connection, call } from "./connection";
import { podJobLabel, runLabel } from "./names";
import { podGroupSchema, podSchema, type VolcanoJob, volcanoJobSchema } from "./objects";
import type { PodTimes } from "./pod-times";
import { collectionPath, podGroups, podsPath, volcanoJobs } from "./resources";
import { JobTracker } from "./tracker";
import { watchObjects } from "./watch";

/** Follows the run's jobs, their pod groups and pods; each state of a job is also told to `onJob`. */
export async function watchRun(
  { admin }: Connection,
  host: string,
  runId: string,
  observer: Observer,
  onJob: (job: VolcanoJob) => void,
  times: PodTimes,
): Promise<{ close(): void }> {
  const selector = `${runLabel}=${runId}`;
  const tracker = new JobTracker({
    runId,
    observer,
    times,
    podsOf: async ({ metadata: { name, namespace } }) => {
      const list = await call(host, "list a job's pods", () =>
        admin.core.listNamespacedPod({ namespace, labelSelector: `${podJobLabel}=${name}` }),
      );
      return list.items.map((item) => podSchema.parse(item));
    },
  });
  const common = {
    host,
    selector,
    onInterruption: (error: Error) => observer.warning(error.message),
    onFailure: (error: Error) => observer.failure(error),
  };
  const labelSelector = selector;
  const watches: { close(): void }[] = [];
  const close = () => {
    for (const watch of watches) watch.close();
  };
  try {
    // Pods before jobs, so that a job's end mostly finds its pods' known.
    watches.push(
      await watchObjects(admin.config, {
        ...common,
        step: "watch the pods",
        path: podsPath,
        list: () => admin.core.listPodForAllNamespaces({ labelSelector }),
        onObject: (object) => tracker.pod(podSchema.parse(object)),
        onGone: (object) => tracker.pod(podSchema.parse(object)),
      }),
      await watchObjects(admin.config, {
        ...common,
        step: "watch the pod groups",
        path: collectionPath(podGroups),
        list: () => admin.custom.listCustomObjectForAllNamespaces({ ...podGroups, labelSelector }),
        onObject: (object) => tracker.podGroup(podGroupSchema.parse(object)),
        onGone: () => {},
      }),
      await watchObjects(admin.config, {
        ...common,
        step: "watch the jobs",
        path: collectionPath(volcanoJobs),
        list: () =>
          admin.custom.listCustomObjectForAllNamespaces({ ...volcanoJobs, labelSelector }),
        onObject: (object) => {
          const job = volcanoJobSchema.parse(object);
          onJob(job);
          tracker.job(job);
        },
        onGone: (object) => {
          const job = volcanoJobSchema.parse(object);
          onJob(job);
          tracker.jobGone(job);
        },
      }),
    );
  } catch (error) {
    close();
    throw error;
  }
  return { close };
}
