import { Failure } from "../../base/failure";
import type { Reporter } from "../../base/reporter";
import type { Handle } from "../../infra/handle";
import { pulumiEnvironment } from "../../toolchain/environment";
import { ensureToolchain } from "../../toolchain/pulumi";
import { parseHandle } from "../handle-file";
import { PulumiCli } from "./cli";

/** The handle among a live stack's outputs. @throws Failure when there is no such stack, or it is not up. */
export async function handleOfStack(stack: string, report: Reporter): Promise<Handle> {
  const toolchain = await ensureToolchain({ report });
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
