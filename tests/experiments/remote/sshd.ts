import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import type { SshTarget } from "../../../experiments/remote/ssh-links";

const SSHD = "/usr/sbin/sshd";

/** Added to the names of tests that are skipped; empty where a server can be started. */
export const noSshd = fs.existsSync(SSHD) ? "" : ` (skipped: ${SSHD} is not installed)`;

/** An sshd of the test's own on a free loopback port, with its own keys, for the present user. */
export class LoopbackSshd {
  readonly user = os.userInfo().username;
  readonly #directory: string;
  readonly #port: number;
  #process: ChildProcess | undefined;

  private constructor(directory: string, port: number) {
    this.#directory = directory;
    this.#port = port;
  }

  static async start(): Promise<LoopbackSshd> {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "sshd-"));
    for (const key of ["host", "user", "stranger"]) {
      execFileSync("ssh-keygen", [
        "-q",
        "-t",
        "ed25519",
        "-N",
        "",
        "-f",
        path.join(directory, key),
      ]);
    }
    fs.copyFileSync(path.join(directory, "user.pub"), path.join(directory, "authorized_keys"));
    const sshd = new LoopbackSshd(directory, await freePort());
    await sshd.listen();
    return sshd;
  }

  key(name: "user" | "stranger"): string {
    return fs.readFileSync(path.join(this.#directory, name), "utf8");
  }

  target(hostKey: "host" | "stranger" = "host"): SshTarget {
    const line = fs.readFileSync(path.join(this.#directory, `${hostKey}.pub`), "utf8");
    const [type, key] = line.split(" ");
    return { name: "node01", address: "127.0.0.1", port: this.#port, hostKey: `${type} ${key}` };
  }

  async listen(): Promise<void> {
    if (process.getuid?.() === 0) fs.mkdirSync("/run/sshd", { recursive: true });
    const at = (name: string) => path.join(this.#directory, name);
    const options = {
      ListenAddress: `127.0.0.1:${this.#port}`,
      HostKey: at("host"),
      AuthorizedKeysFile: at("authorized_keys"),
      PidFile: "none",
      StrictModes: "no",
      UsePAM: "no",
      PermitRootLogin: "prohibit-password",
      PasswordAuthentication: "no",
      MaxSessions: "3",
      // The user's own shell start-up files have no part in this: they may be slow, or take locks.
      SetEnv: `HOME=${this.#directory}`,
    };
    fs.writeFileSync(
      at("config"),
      Object.entries(options)
        .map(([name, value]) => `${name} ${value}\n`)
        .join(""),
    );
    const child = spawn(SSHD, ["-D", "-e", "-f", at("config")], {
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    });
    this.#process = child;
    await new Promise<void>((resolve, reject) => {
      let log = "";
      child.stderr?.on("data", (chunk: Buffer) => {
        log += chunk.toString();
        if (log.includes("Server listening")) resolve();
      });
      child.on("exit", () => reject(new Error(`sshd did not start: ${log}`)));
    });
  }

  /** Ends the daemon and every session it has, as a node does that loses its power. */
  async cut(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child?.pid === undefined) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    for (const pid of descendants(child.pid)) kill(pid);
    kill(child.pid);
    await gone;
  }

  async stop(): Promise<void> {
    await this.cut();
    fs.rmSync(this.#directory, { recursive: true, force: true });
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}

/**
 * Sessions leave sshd's process group, so they are found by their parents. A session comes before
 * what it runs: it must not live to report the end of that.
 */
function descendants(pid: number): number[] {
  return childrenOf(pid)
    .split(" ")
    .filter((word) => word !== "")
    .map(Number)
    .flatMap((child) => [child, ...descendants(child)]);
}

/** As the kernel lists them; a process that is gone has none. */
function childrenOf(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  } catch {
    return "";
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = address !== null && typeof address === "object" ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
