import { Failure } from "../../base/failure";
import { SshExecutor } from "../../experiments/remote/ssh";
import type { Handle } from "../../infra/handle";
import { planCluster } from "../../infra/plan";
import { clusterSteps } from "../../infra/steps";
import { pulumiEnvironment } from "../../toolchain/environment";
import { ensureToolchain } from "../../toolchain/pulumi";
import { parseHandle } from "../handle-file";
import { reportTo } from "../progress";
import { PulumiCli } from "../pulumi/cli";
import { checkSteps, type StepCheck } from "./steps";

/** Checks a live stack's cluster step by step. @throws Failure when the stack is not up. */
export async function checkStack(stack: string): Promise<StepCheck[]> {
  const report = reportTo(process.stderr);
  const { cluster, spec, experiment, domain } = await handleOf(stack);
  const steps = clusterSteps(spec, planCluster(spec, { stack: experiment }), domain);
  report(`checking ${steps.length} steps on ${cluster.nodes.length} nodes`);
  const executor = new SshExecutor(cluster.nodes, cluster);
  try {
    return await checkSteps(steps, executor, { stack, report });
  } finally {
    executor.close();
  }
}

async function handleOf(stack: string): Promise<Handle> {
  const toolchain = await ensureToolchain({ report: reportTo(process.stderr) });
  const pulumi = new PulumiCli(toolchain.pulumi, pulumiEnvironment(toolchain));
  const words = ["stack", "output", "--json", "--show-secrets", "--stack", stack];
  const outputs = await pulumi.read(...words);
  if (!/"handle"/.test(outputs)) {
    throw new Failure(`stack ${stack} is not up: it has no handle`, {
      remedy: `pulumi up --stack ${stack}`,
    });
  }
  return parseHandle(outputs);
}
