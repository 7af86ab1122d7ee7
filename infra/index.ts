import * as command from "@pulumi/command";
import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import packageJson from "../package.json";
import { programHash } from "../workloads/hpcg/hash";
import { runBootstrap } from "./bootstrap";
import { readSpec } from "./config";
import { experimentOf, projectDirectory } from "./experiment";
import { prepareHost } from "./host";
import { keyPair, madeSecrets } from "./keys";
import { Cluster } from "./libvirt/cluster";
import { measuredRuns } from "./measured";
import { stackHandle } from "./outputs";
import { planCluster } from "./plan";
import { explained } from "./refusal";
import { nestsContainers, schedulerSecrets } from "./schedulers/registry";
import { tellOfSite } from "./site-told";
import { clusterSteps } from "./steps";
import { measuredSpec, tupleHash } from "./tuple";
import { checkWorkload } from "./workload";

/** config → spec → plan → cluster → bootstrap → experiment → outputs */
async function program(): Promise<Record<string, unknown>> {
  const stack = pulumi.getStack();
  const configured = readSpec();
  const spec = measuredSpec(configured);
  const plan = planCluster(spec, { stack });
  await tellOfSite(spec, plan);
  const workload = await checkWorkload(spec, plan);
  const host = await prepareHost(spec, plan, workload);

  // Removed last: takes away what a killed `up` made without having recorded it.
  const guard = new command.local.Command("stack-guard", {
    create: ":",
    dir: projectDirectory,
    delete: `exec node bin/schedlab.js clean --yes --within-pulumi --stack ${stack}`,
  });
  const hypervisor = new libvirt.Provider("hypervisor", { uri: host.uri }, { dependsOn: [guard] });
  const accessKey = keyPair("access-key");
  const cluster = new Cluster(
    "cluster",
    { plan, accessKey, nesting: nestsContainers(spec.scheduler.kind), ...host },
    { providers: [hypervisor], dependsOn: [guard] },
  );

  const steps = clusterSteps(spec, plan, host.kind);
  const ready = runBootstrap(steps, cluster.nodes, {
    user: "root",
    privateKey: accessKey.privateKey,
    secrets: madeSecrets(schedulerSecrets(spec.scheduler.kind)),
  });

  const hash = tupleHash({
    spec,
    plan,
    domain: host.kind,
    imageKey: host.image.key,
    codeVersion: packageJson.version,
    traceHash: workload.trace?.hash ?? null,
    programHash: programHash(workload.tasks),
  });
  const handle = stackHandle({ stack, spec, plan, host, cluster, accessKey, tupleHash: hash });
  const onUp = configured.run.onUp ?? true;
  const run = { stack, spec, workload, tupleHash: hash, handle, ready, onUp };
  const experiment = await experimentOf(run);

  return {
    handle: pulumi.secret(handle),
    nodes: plan.nodes.map(({ name, address }) => ({ name, address })),
    domain: host.kind,
    // Its standard input is the handle, so Pulumi takes all that the command prints for a secret.
    runs: experiment && pulumi.unsecret(experiment.stdout).apply(measuredRuns),
  };
}

module.exports = () => explained(program);
