import type { SlurmPolicy } from "../../../spec/schedulers/slurm/policy";
import type { ExperimentSpec } from "../../../spec/spec";
import type { ClusterPlan, NodePlan } from "../../plan";
import { awaitAnswer, filesCheck, putFile, runWith, script, stepScript } from "../shell";
import type { BootstrapStep } from "../step";
import { usersCheck } from "../users";
import { baseScript, mungeKeyPath } from "./base";
import { slurmClock } from "./clock";
import { slurmFiles } from "./configuration";
import { hasAccounts, slurmLayout } from "./layout";
import { slurmctldLog, stateDir } from "./paths";
import { siteAccounts } from "./site/accounts";

/** How long slurmctld may take from its start to its first answer, also on an emulated machine. */
const answerSeconds = 120;

const isUp = "scontrol ping | grep ' is UP$' >/dev/null";

/** slurmctld with its files. Nodes that already run are told of a change and fetch the new files. */
export function slurmctldStep(
  policy: SlurmPolicy,
  spec: ExperimentSpec,
  plan: ClusterPlan,
  controller: NodePlan,
): BootstrapStep {
  const layout = slurmLayout(spec, plan);
  const accounts = hasAccounts(policy, layout);
  const numbers = layout.site === null ? null : siteAccounts(layout.site.site, spec);
  const files = slurmFiles(policy, plan, layout);
  const answer = awaitAnswer("slurmctld", slurmctldLog, answerSeconds, "answers");
  return {
    name: "slurmctld",
    host: controller.name,
    needs: accounts ? ["slurmdbd"] : [],
    secret: "munge",
    create: stepScript(
      // Another database has other numbers for users, which slurmctld has to learn.
      ...(numbers == null ? [] : [`# accounts ${numbers.digest}`]),
      baseScript(spec, plan),
      ...slurmClock(spec),
      ...files.map(putFile),
      `answers() { ${isUp}; }`,
      "ran=no",
      "if systemctl is-active -q slurmctld; then ran=yes; fi",
      "restarted=no",
      // With a database, the cluster's id is the database's, and slurmctld would refuse another.
      ...(accounts ? [`rm -f ${stateDir}/clustername`] : []),
      runWith("slurmctld", slurmctldLog, [...files.map(({ path }) => path), mungeKeyPath]),
      answer,
      // Emulated nodes would all start anew; those whose own size changed are restarted by their step.
      ...(layout.emulated === null
        ? ['if [ "$ran$restarted" = yesyes ]; then scontrol reconfigure; fi', answer]
        : []),
    ),
    delete: script("systemctl disable -q --now slurmctld munge"),
    check: script(isUp, filesCheck(files), usersCheck(spec)),
  };
}
