import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { execa } from "execa";

const program = "/usr/sbin/sshd";

/** Added to the names of tests that are skipped; empty where a server can be started. */
export const noSshd = existsSync(program) ? "" : ` (skipped: ${program} is not installed)`;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}

const launch = (config: string) =>
  execa(program, ["-D", "-f", config], { reject: false, stdio: "ignore" });

/** A real sshd on loopback with keys of its own. */
export class TestSshd {
  private daemon: ReturnType<typeof launch> | null = null;

  private constructor(
    readonly directory: string,
    readonly port: number,
    readonly privateKey: string,
    readonly hostKey: string,
  ) {}

  readonly user = userInfo().username;

  static async create(): Promise<TestSshd> {
    const directory = await mkdtemp(path.join(tmpdir(), "schedlab-sshd-"));
    const file = (name: string) => path.join(directory, name);
    for (const name of ["host", "user"]) {
      await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file(name)]);
    }
    const port = await freePort();
    // The server insists on its directory when root starts it.
    await mkdir("/run/sshd", { recursive: true, mode: 0o755 }).catch(() => undefined);
    await writeFile(
      file("config"),
      [
        `Port ${port}`,
        "ListenAddress 127.0.0.1",
        `HostKey ${file("host")}`,
        `AuthorizedKeysFile ${file("user.pub")}`,
        "StrictModes no",
        "UsePAM no",
        "PidFile none",
        "PasswordAuthentication no",
        "PermitRootLogin prohibit-password",
        // Debian's bash reads ~/.bashrc under sshd: what the user has there is no part of a test.
        `SetEnv HOME=${directory}`,
        "AcceptEnv COLOUR PULUMI_COMMAND_STDOUT PULUMI_COMMAND_STDERR",
        "Subsystem sftp internal-sftp",
      ].join("\n"),
    );
    const read = async (name: string) => (await readFile(file(name), "utf8")).trim();
    return new TestSshd(directory, port, `${await read("user")}\n`, await read("host.pub"));
  }

  start(): void {
    this.daemon ??= launch(path.join(this.directory, "config"));
  }

  async remove(): Promise<void> {
    this.daemon?.kill("SIGTERM");
    await this.daemon;
    await rm(this.directory, { recursive: true, force: true });
  }
}
