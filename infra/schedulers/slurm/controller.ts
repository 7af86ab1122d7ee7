import type { ClusterPlan, NodePlan } from "../../plan";
import type { SlurmPolicy } from "../../spec/slurm";
import type { ExperimentSpec } from "../../spec/spec";
import { filesCheck, putFile, runWith, script, stepScript } from "../shell";
import type { BootstrapStep } from "../step";
import { usersCheck } from "../users";
import { baseScript, mungeKeyPath } from "./base";
import { slurmFiles } from "./configuration";
import { slurmctldLog } from "./paths";
import { needsAccounting } from "./policy";

/** How long slurmctld may take from its start to its first answer, also on an emulated machine. */
const answerSeconds = 120;

/** slurmctld with its files. Nodes that already run are told of a change and fetch the new files. */
export function slurmctldStep(
  policy: SlurmPolicy,
  spec: ExperimentSpec,
  plan: ClusterPlan,
  controller: NodePlan,
): BootstrapStep {
  const files = slurmFiles(policy, plan);
  return {
    name: "slurmctld",
    host: controller.name,
    needs: needsAccounting(policy) ? ["slurmdbd"] : [],
    secret: "munge",
    create: stepScript(
      baseScript(spec, plan),
      ...files.map(putFile),
      "ran=no",
      "if systemctl is-active -q slurmctld; then ran=yes; fi",
      "restarted=no",
      runWith("slurmctld", slurmctldLog, [...files.map(({ path }) => path), mungeKeyPath]),
      awaitAnswer(),
      'if [ "$ran$restarted" = yesyes ]; then scontrol reconfigure; fi',
      awaitAnswer(),
    ),
    delete: script("systemctl disable -q --now slurmctld munge"),
    check: script("scontrol ping | grep -q ' is UP$'", filesCheck(files), usersCheck(spec)),
  };
}

function awaitAnswer(): string {
  return [
    `deadline=$((SECONDS + ${answerSeconds}))`,
    "until scontrol ping 2>/dev/null | grep -q ' is UP$'; do",
    '  if [ "$SECONDS" -ge "$deadline" ]; then',
    `    echo "slurmctld did not answer within ${answerSeconds} s:" >&2`,
    `    tail -n 20 ${slurmctldLog} >&2`,
    "    exit 1",
    "  fi",
    "  sleep 0.1",
    "done",
  ].join("\n");
}
