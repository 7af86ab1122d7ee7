import { shellFile } from "../../../base/shell-script";
import type { ExperimentSpec } from "../../../spec/spec";
import { mostAccelerators } from "../../../spec/topology";
import type { ClusterPlan, NodePlan } from "../../plan";
import { filesCheck, type InstalledFile, putFile, runWith, script, stepScript } from "../shell";
import type { BootstrapStep } from "../step";
import { usersCheck } from "../users";
import { baseScript, mungeKeyPath } from "./base";
import type { EmulatedNodes } from "./emulated";
import { acceleratorPath, slurmctldPort } from "./paths";

const service = "schedlab-slurmds";
const scriptPath = "/usr/local/lib/schedlab/slurmds";
const namesPath = "/usr/local/lib/schedlab/slurmds.names";
/** Each slurmd writes one of its own besides. */
const journal = "/dev/null";

/** All slurmd of a domain that emulates nodes, under one unit. */
export function emulatedNodesStep(
  spec: ExperimentSpec,
  plan: ClusterPlan,
  { nodes, nodeLines }: EmulatedNodes,
  domain: NodePlan,
  controller: NodePlan,
): BootstrapStep {
  const own = nodes.filter(({ host }) => host === domain.name);
  const lines = nodeLines.filter((text) => text.includes(` NodeHostname=${domain.name} `));
  const names: InstalledFile = {
    path: namesPath,
    mode: "0644",
    owner: "root:root",
    content: own.map(({ name }) => name).join("\n"),
  };
  const files = [
    supervisor,
    names,
    unit(`${namesPath} ${controller.address}:${slurmctldPort}`, lines),
  ];
  return {
    name: `emulated-${domain.name}`,
    host: domain.name,
    needs: ["slurmctld"],
    secret: "munge",
    create: stepScript(
      baseScript(spec, plan),
      "install -d -m 0755 /var/lib/schedlab /var/lib/slurm/slurmd",
      `touch ${acceleratorPath}{0..${mostAccelerators - 1}}`,
      ...files.map(putFile),
      "systemctl daemon-reload",
      runWith(service, journal, [...files.map(({ path }) => path), mungeKeyPath]),
    ),
    delete: script(`systemctl disable -q --now ${service} munge`),
    check: script(
      "systemctl is-active -q munge",
      `systemctl is-active -q ${service}`,
      filesCheck(files),
      usersCheck(spec),
    ),
  };
}

const supervisor: InstalledFile = {
  path: scriptPath,
  mode: "0644",
  owner: "root:root",
  content: shellFile(__dirname, "emulated-nodes.sh"),
};

/** A change of the nodes' sizes restarts their daemons, which read them once: it is in the unit. */
function unit(parameters: string, nodes: readonly string[]): InstalledFile {
  return {
    path: `/etc/systemd/system/${service}.service`,
    mode: "0644",
    owner: "root:root",
    content: [
      ...nodes.map((line) => `# ${line}`),
      "[Unit]",
      "Description=Slurm node daemons of emulated nodes",
      "After=network.target munge.service",
      // The step of a real node that was here before stops munge when it is undone.
      "Upholds=munge.service",
      "StartLimitIntervalSec=0",
      "",
      "[Service]",
      "RuntimeDirectory=slurm",
      "RuntimeDirectoryMode=0755",
      `ExecStart=/bin/bash ${scriptPath} ${parameters}`,
      "KillMode=control-group",
      "TimeoutStopSec=20",
      "Restart=always",
      "RestartSec=1",
      "LimitNOFILE=131072",
      "LimitMEMLOCK=infinity",
      "LimitSTACK=infinity",
      "Delegate=yes",
      "TasksMax=infinity",
      "",
      "[Install]",
      "WantedBy=multi-user.target",
    ].join("\n"),
  };
}
