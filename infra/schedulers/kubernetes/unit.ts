import type { InstalledFile } from "../shell";

export interface DaemonUnit {
  /** Unit and executable in /usr/local/bin have this name. */
  readonly name: string;
  readonly description: string;
  /** Units that it comes after. */
  readonly after: readonly string[];
  /** Units that are restarted, where they run, whenever this one has started. */
  readonly refreshes?: readonly string[];
  readonly options: readonly (readonly [option: string, value: string | number | boolean])[];
  /** Whether it tells systemd when it is ready. */
  readonly notifies: boolean;
}

/** Where a unit of ours lies. */
export function unitPath(name: string): string {
  return `/etc/systemd/system/${name}.service`;
}

/** A daemon of the control plane as a systemd unit, which starts it again whenever it ends. */
export function daemonUnit(unit: DaemonUnit): InstalledFile {
  const options = unit.options.map(([option, value]) => `  --${option}=${value}`);
  return {
    path: unitPath(unit.name),
    mode: "0644",
    owner: "root:root",
    content: [
      "[Unit]",
      `Description=${unit.description}`,
      `After=${["network.target", ...unit.after.map((name) => `${name}.service`)].join(" ")}`,
      // As long as another daemon is down this one may fail, however often.
      "StartLimitIntervalSec=0",
      "",
      "[Service]",
      `Type=${unit.notifies ? "notify" : "simple"}`,
      "TimeoutStartSec=600",
      "Restart=always",
      "RestartSec=1",
      "LimitNOFILE=65536",
      [`ExecStart=/usr/local/bin/${unit.name}`, ...options].join(" \\\n"),
      ...(unit.refreshes === undefined
        ? []
        : [`ExecStartPost=-/usr/bin/systemctl --no-block try-restart ${unit.refreshes.join(" ")}`]),
      "",
      "[Install]",
      "WantedBy=multi-user.target",
    ].join("\n"),
  };
}
