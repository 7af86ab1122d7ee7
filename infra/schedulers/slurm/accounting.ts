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
import { slurmdbdConf, slurmFiles } from "./configuration";
import { accountName, clusterName, preemptingQos, slurmdbdConfPath, slurmdbdLog } from "./paths";

/** How long slurmdbd may take to make its tables the first time, also on an emulated machine. */
const answerSeconds = 300;

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
      baseScript(spec, plan),
      putFile(databaseConf),
      runWith("mariadb", "/var/log/mysql/error.log", [databaseConf.path]),
      databaseScript,
      putFile(conf),
      // sacctmgr reads where slurmdbd is from slurm.conf.
      ...slurmFiles(policy, plan).map(putFile),
      runWith("slurmdbd", slurmdbdLog, [conf.path, mungeKeyPath]),
      awaitAnswer("slurmdbd", slurmdbdLog, answerSeconds, "sacctmgr -nP list cluster"),
      associations(policy, spec),
    ),
    delete: script("systemctl disable -q --now slurmdbd mariadb"),
    check: script(
      "systemctl is-active -q mariadb",
      filesCheck([conf, databaseConf]),
      `sacctmgr -nP list cluster format=cluster | grep -qx ${clusterName}`,
    ),
  };
}

/** Its user is known by the user id at the socket, so that there is no password to keep. */
const databaseScript = [
  "mariadb --batch <<'SCHEDLAB_END_OF_FILE'",
  "CREATE DATABASE IF NOT EXISTS slurm_acct_db;",
  "CREATE USER IF NOT EXISTS 'slurm'@'localhost' IDENTIFIED VIA unix_socket;",
  "GRANT ALL ON slurm_acct_db.* TO 'slurm'@'localhost';",
  "SCHEDLAB_END_OF_FILE",
].join("\n");

/** sacctmgr calls a change that changes nothing an error, so each is made only where it is missing. */
function associations(policy: SlurmPolicy, spec: ExperimentSpec): string {
  const users = userNames(spec.workload.users.count);
  const account = accountName;
  return [
    'change() { sacctmgr -iQ "$@" >/dev/null; }',
    'known() { sacctmgr -nP list "$@"; }',
    `known cluster format=cluster | grep -qx ${clusterName} || change add cluster ${clusterName}`,
    `known account format=account | grep -qx ${account} || change add account ${account} cluster=${clusterName}`,
    ...qosScript(policy),
    `present="$(known assoc account=${account} cluster=${clusterName} format=user,share,defaultqos)"`,
    `missing=""`,
    `for name in ${users.join(" ")}; do grep -q "^$name|" <<<"$present" || missing="$missing,$name"; done`,
    `[ -z "$missing" ] || change add user "\${missing#,}" account=${account} cluster=${clusterName}`,
    `present="$(known assoc account=${account} cluster=${clusterName} format=user,share,defaultqos)"`,
    "assign() {",
    `  grep -qx "$1|$2|$3" <<<"$present" || change modify user where name="$1" account=${account} cluster=${clusterName} set fairshare="$2" qos="$4" defaultqos="$3"`,
    "}",
    ...users.map((user) => assignment(policy, user)),
  ].join("\n");
}

function assignment({ priority, preemption }: SlurmPolicy, user: string): string {
  const share = priority.type === "multifactor" ? (priority.shares[user] ?? 1) : 1;
  const preempts = preemption.type === "qos" && preemption.users.includes(user);
  return preempts
    ? `assign ${user} ${share} ${preemptingQos} normal,${preemptingQos}`
    : `assign ${user} ${share} normal normal`;
}

function qosScript({ preemption }: SlurmPolicy): string[] {
  if (preemption.type !== "qos") return [];
  const wanted = `${preemptingQos}|normal|${preemption.mode}`;
  return [
    `known qos format=name | grep -qx ${preemptingQos} || change add qos ${preemptingQos}`,
    `known qos format=name,preempt,preemptmode | grep -qx '${wanted}' || change modify qos where name=${preemptingQos} set preempt=normal preemptmode=${preemption.mode} priority=1000`,
  ];
}
