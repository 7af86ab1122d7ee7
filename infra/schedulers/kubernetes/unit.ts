import type { InstalledFile } from "../shell";

export interface DaemonUnit {
  /** Name of the unit, and of the executable in /usr/local/bin. */
  readonly name: string;
  readonly description: string;
  /** Units after which it starts. */
  readonly after: readonly string[];
  /** Units that are restarted, if they are running, whenever this one has started. */
  readonly refreshes?: readonly string[];
  readonly options: readonly (readonly [option: string, value: string | number | boolean])[];
  /** Whether it tells systemd when it is ready. */
  readonly notifies: boolean;
}

/** The path of a unit that this project installs. */
export function unitPath(name: string): string {
  return `/etc/systemd/system/${name}.service`;
}

/** A systemd unit for a daemon of the control plane, which restarts the daemon whenever it ends. */
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
      // While another daemon is down, this one may fail any number of times.
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
