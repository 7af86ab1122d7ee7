import { execFileSync } from "node:child_process";
import path from "node:path";
import { repoRoot } from "../../base/paths";
import { seedText } from "../../infra/libvirt/seed";
import { planCluster } from "../../infra/plan";
import { bootstrapSteps, schedulerSecrets } from "../../infra/schedulers/registry";
import { parseSpec } from "../../spec/parse";

/**
 * What the checks of nix/checks/ run in their machines, as JSON: each node's seed, and the steps that
 * `pulumi up` would run, with the secret that a step reads. The keys are of no use elsewhere.
 */
export function bootstrapOf(kind: string) {
  const spec = parseSpec({
    topology: { nodes: { count: 2, vcpus: 2, memory: "2GiB" } },
    scheduler: { kind },
  });
  const plan = planCluster(spec, { stack: "check" });
  const keys = keyPair();
  const secrets = Object.fromEntries(
    Object.entries(schedulerSecrets(spec.scheduler.kind)).map(([name, command]) => [
      name,
      execFileSync("sh", ["-c", command], { encoding: "utf8" }),
    ]),
  );
  return {
    seeds: Object.fromEntries(
      plan.nodes.map(({ name, address }) => [
        name,
        seedText({
          hostname: name,
          address: `${address}/${plan.network.prefix}`,
          gateway: null,
          hostKey: keys,
          authorizedKey: keys.publicKey,
        }),
      ]),
    ),
    steps: bootstrapSteps(spec, plan).map(({ secret, ...step }) => ({
      ...step,
      ...(secret === undefined ? {} : { input: secrets[secret] }),
    })),
  };
}

/** One for all nodes: nobody but the check's own driver comes to them. */
function keyPair() {
  const script = path.join(repoRoot, "infra/key-pair.sh");
  const [publicKey = "", ...privateKey] = execFileSync("sh", [script], { encoding: "utf8" }).split(
    "\n",
  );
  return { publicKey, privateKey: privateKey.join("\n") };
}

if (require.main === module) console.log(JSON.stringify(bootstrapOf(process.argv[2] ?? "")));
