/** Where the API server keeps what a run works with. */
export const volcanoJobs = {
  group: "batch.volcano.sh",
  version: "v1alpha1",
  plural: "jobs",
} as const;

export const volcanoCommands = {
  group: "bus.volcano.sh",
  version: "v1alpha1",
  plural: "commands",
} as const;

export const podGroups = {
  group: "scheduling.volcano.sh",
  version: "v1beta1",
  plural: "podgroups",
} as const;

export const podsPath = "/api/v1/pods";
export const nodesPath = "/api/v1/nodes";

export function collectionPath(resource: typeof volcanoJobs | typeof podGroups): string {
  return `/apis/${resource.group}/${resource.version}/${resource.plural}`;
}
