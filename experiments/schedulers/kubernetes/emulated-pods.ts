import type { V1PodTemplateSpec } from "@kubernetes/client-node";
import { runsAnnotation } from "../../../spec/schedulers/kubernetes/emulated";
import type { JobRequest } from "../adapter";
import type { JobBody } from "../wrapper";
import { placementOf } from "./asks";
import type { ManifestContext } from "./manifest-context";
import { jobLabel, mainTask, runLabel } from "./names";
import { container, deadline, image, killSeconds, type PodKind, podResources } from "./pods";

/**
 * A pod that asks for the same as on a real node, and of which kwok plays the container. The main one says
 * how long it runs; the others last until Volcano takes them down, and then go at once.
 */
export function emulatedPodTemplate(
  request: JobRequest,
  kind: PodKind,
  context: ManifestContext,
): V1PodTemplateSpec {
  const { job, body } = request;
  const main = kind.name === mainTask;
  const resources = podResources(request, kind, context);
  return {
    metadata: {
      labels: { [runLabel]: context.runId, [jobLabel]: String(job.id) },
      ...(main ? { annotations: { [runsAnnotation]: String(milliseconds(body)) } } : {}),
    },
    spec: {
      schedulerName: "volcano",
      restartPolicy: "Never",
      // With a grace, kwok would have to let each pod go by a call of its own.
      terminationGracePeriodSeconds: main ? killSeconds : 0,
      ...(main ? { activeDeadlineSeconds: deadline(job.limitSeconds) } : {}),
      ...placementOf(job, context),
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      dnsPolicy: "Default",
      containers: [
        { name: container, image, resources: { requests: resources, limits: resources } },
      ],
    },
  };
}

/** @throws RangeError for a body that computes: nothing runs on these nodes. */
function milliseconds(body: JobBody): number {
  if ("seconds" in body) return Math.round(body.seconds * 1000);
  throw new RangeError(`emulated nodes run nothing, and ${body.kind} is a program`);
}
