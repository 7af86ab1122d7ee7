import { SshExecutor } from "../../experiments/remote/ssh";
import { planCluster } from "../../infra/plan";
import { clusterSteps } from "../../infra/steps";
import { reportTo } from "../progress";
import { handleOfStack } from "../pulumi/handle";
import { checkSteps, type StepCheck } from "./steps";

/** Checks a live stack's cluster step by step. @throws Failure when the stack is not up. */
export async function checkStack(stack: string): Promise<StepCheck[]> {
  const report = reportTo(process.stderr);
  const { cluster, spec, experiment, domain } = await handleOfStack(stack, report);
  const steps = clusterSteps(spec, planCluster(spec, { stack: experiment }), domain);
  report(`checking ${steps.length} steps on ${cluster.nodes.length} nodes`);
  const executor = new SshExecutor(cluster.nodes, cluster);
  try {
    return await checkSteps(steps, executor, { stack, report });
  } finally {
    executor.close();
  }
}
