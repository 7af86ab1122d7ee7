import type { InstalledFile } from "../shell";
import { brokerLog, stateDir, systemConfigDir, unitPath } from "./paths";

/** From its start a broker waits for the one above it in the tree, and that one for its own. */
const joinSeconds = 120;

/** Seconds of the host that a broker may take to end its jobs, and to wait for those below it. */
const cleanupSeconds = 5;
const shutdownSeconds = 10;

/**
 * The broker as a systemd unit, in place of that of Flux's packages: those want logind, which nodes do not
 * have, and wait for 30 s before they start a broker again.
 * @param factor Seconds of the broker's clock in a second of the host's.
 */
export function brokerUnit(factor: number): InstalledFile {
  const attributes = [
    ["rundir", "/run/flux"],
    ["statedir", stateDir],
    ["local-uri", "local:///run/flux/local"],
    ["log-stderr-level", 6],
    ["log-forward-level", -1],
    ["log-stderr-mode", "local"],
    // The controller takes jobs as soon as it is up; which nodes there are is the scheduler's business.
    ["broker.quorum", 1],
    ["broker.quorum-warn", "none"],
    ["broker.rc2_none", 1],
    ["broker.cleanup-timeout", cleanupSeconds * factor],
    ["broker.shutdown-timeout", shutdownSeconds * factor],
    ["broker.sd-notify", 1],
    ["broker.module-nopanic", 1],
  ].map(([name, value]) => `  -S${name}=${value}`);
  return {
    path: unitPath,
    mode: "0644",
    owner: "root:root",
    content: [
      "[Unit]",
      "Description=Flux message broker",
      "After=network.target munge.service",
      "Wants=munge.service",
      "StartLimitIntervalSec=0",
      "",
      "[Service]",
      "Type=notify",
      "NotifyAccess=main",
      `TimeoutStartSec=${joinSeconds}`,
      "TimeoutStopSec=30",
      "KillMode=mixed",
      "User=flux",
      "Group=flux",
      "RuntimeDirectory=flux",
      "RuntimeDirectoryMode=0755",
      "StateDirectory=flux",
      "StateDirectoryMode=0700",
      "LimitNOFILE=65536",
      // The IMP makes groups for jobs of its own.
      "Delegate=yes",
      // Its modules would else have the C library's clock, past any library that was loaded before.
      ...(factor === 1 ? [] : ["Environment=FLUX_LOAD_WITH_DEEPBIND=0"]),
      "Restart=always",
      "RestartSec=1",
      `StandardError=append:${brokerLog}`,
      [`ExecStart=/usr/bin/flux broker`, `  --config-path=${systemConfigDir}`, ...attributes].join(
        " \\\n",
      ),
      "",
      "[Install]",
      "WantedBy=multi-user.target",
    ].join("\n"),
  };
}
