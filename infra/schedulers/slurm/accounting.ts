import { hereDocument, shellFile, shellWords } from "../../../base/shell-script";
import { commonAccount, normalQos, preemptingQos } from "../../../spec/schedulers/slurm/names";
import type { SlurmPolicy } from "../../../spec/schedulers/slurm/policy";
import type { ExperimentSpec } from "../../../spec/spec";
import { userNames } from "../../../spec/users";
import type { ClusterPlan, NodePlan } from "../../plan";
import {
  awaitAnswer,
  filesCheck,
  type InstalledFile,
  putFile,
  runWith,
  script,
  stepScript,
} from "../shell";
import type { BootstrapStep } from "../step";
import { baseScript, mungeKeyPath } from "./base";
import { slurmClock } from "./clock";
import { slurmdbdConf, slurmFiles } from "./configuration";
import { slurmLayout } from "./layout";
import { clusterName, slurmdbdConfPath, slurmdbdLog } from "./paths";
import { siteAccounts, withoutSiteAccounts } from "./site/accounts";

/** How long slurmdbd may take to make its tables the first time, also on an emulated machine. */
const answerSeconds = 300;

const functions = shellFile(__dirname, "accounting.sh").trimEnd();

const databaseConf: InstalledFile = {
  path: "/etc/mysql/mariadb.conf.d/90-schedlab.cnf",
  mode: "0644",
  owner: "root:root",
  // Small, because the controller may be; slurmdbd asks for the long lock wait.
  content: [
    "[mariadbd]",
    "skip-networking",
    "innodb_buffer_pool_size=64M",
    "innodb_lock_wait_timeout=900",
    "innodb_flush_log_at_trx_commit=2",
    "performance_schema=OFF",
  ].join("\n"),
};

/** slurmdbd and its database on the controller, and in it the users with their shares and QOS. */
export function slurmdbdStep(
  policy: SlurmPolicy,
  spec: ExperimentSpec,
  plan: ClusterPlan,
  controller: NodePlan,
): BootstrapStep {
  const layout = slurmLayout(spec, plan);
  const accounts = layout.site === null ? null : siteAccounts(layout.site.site, spec);
  const before = accounts ?? withoutSiteAccounts;
  const conf: InstalledFile = {
    path: slurmdbdConfPath,
    mode: "0600",
    owner: "slurm:slurm",
    content: slurmdbdConf(controller),
  };
  return {
    name: "slurmdbd",
    host: controller.name,
    needs: [],
    secret: "munge",
    create: stepScript(
      functions,
      before.functions,
      baseScript(spec, plan),
      ...slurmClock(spec),
      putFile(databaseConf),
      runWith("mariadb", "/var/log/mysql/error.log", [databaseConf.path]),
      before.before,
      "make_database",
      putFile(conf),
      // sacctmgr reads where slurmdbd is from slurm.conf.
      ...slurmFiles(policy, plan, layout).map(putFile),
      runWith("slurmdbd", slurmdbdLog, [conf.path, mungeKeyPath]),
      awaitAnswer("slurmdbd", slurmdbdLog, answerSeconds, "sacctmgr -nP list cluster"),
      accounts?.after ?? associations(policy, spec),
    ),
    delete: script("systemctl disable -q --now slurmdbd mariadb"),
    check: script(
      "systemctl is-active -q mariadb",
      filesCheck([conf, databaseConf]),
      `sacctmgr -nP list cluster format=cluster | grep -qx ${clusterName}`,
      ...(accounts === null ? [] : [accounts.check]),
    ),
  };
}

/** The users' shares and QOS in slurmdbd's database. */
function associations(policy: SlurmPolicy, spec: ExperimentSpec): string {
  const users = userNames(spec.workload.users.count);
  const lines = users.map((user) => association(policy, user)).join("\n");
  // The first account of a user is that of jobs which name none.
  const accounts = [commonAccount, ...Object.keys(policy.accounts ?? {})];
  return [
    `make_account ${clusterName} ${commonAccount}`,
    ...preemptingQosOf(policy),
    ...accountsOf(policy),
    ...accounts.map(
      (account) =>
        `make_associations ${shellWords([clusterName, account, ...users])} ${hereDocument(lines)}`,
    ),
    ...qosOf(policy, accounts, users),
  ].join("\n");
}

/** Accounts that jobs may name, with their shares. */
function accountsOf({ accounts = {} }: SlurmPolicy): string[] {
  return Object.entries(accounts).flatMap(([account, share]) => [
    `make_account ${clusterName} ${account}`,
    `share_account ${clusterName} ${account} ${share}`,
  ]);
}

/** QOS that jobs may name, for all users in all of their accounts. */
function qosOf(
  { qos = {} }: SlurmPolicy,
  accounts: readonly string[],
  users: readonly string[],
): string[] {
  return Object.entries(qos).flatMap(([name, priority]) => [
    `make_qos ${name} ${priority}`,
    ...accounts.map((account) => `grant_qos ${shellWords([clusterName, account, name, ...users])}`),
  ]);
}

/** The user, its share, its default QOS and all of its QOS. */
function association({ priority, preemption }: SlurmPolicy, user: string): string {
  const share = priority.type === "multifactor" ? (priority.shares[user] ?? 1) : 1;
  const preempts = preemption.type === "qos" && preemption.users.includes(user);
  return preempts
    ? `${user} ${share} ${preemptingQos} ${normalQos},${preemptingQos}`
    : `${user} ${share} ${normalQos} ${normalQos}`;
}

function preemptingQosOf({ preemption }: SlurmPolicy): string[] {
  return preemption.type === "qos"
    ? [`make_preempting_qos ${preemptingQos} ${preemption.mode}`]
    : [];
}
