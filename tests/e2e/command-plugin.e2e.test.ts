import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { pulumiEnvironment } from "../../toolchain/environment";
import { ensureToolchain } from "../../toolchain/pulumi";
import { type Wanted, writeCommandProject } from "./command-program";
import { noSshd, TestSshd } from "./sshd";

const secret = "hunter2-on-standard-input";

describe.skipIf(noSshd)(`the command plugin, against a real SSH server${noSshd}`, () => {
  let project: string;
  let sshd: TestSshd;
  let environment: Readonly<Record<string, string>>;
  let wanted: Record<string, Wanted>;

  const at = (...parts: string[]) => path.join(project, ...parts);
  const text = (...parts: string[]) => readFile(at("remote", ...parts), "utf8");

  function connection(more: object = {}): object {
    const { port, user, privateKey, hostKey } = sshd;
    return { host: "127.0.0.1", port, user, privateKey, hostKey, dialErrorLimit: -1, ...more };
  }

  beforeAll(async () => {
    sshd = await TestSshd.create();
    project = await mkdtemp(path.join(tmpdir(), "schedlab-command-"));
    await writeCommandProject(project);
    const toolchain = await ensureToolchain({ report: (line) => console.log(line) });
    // A stack of its own, whatever the tester's shell has set.
    environment = pulumiEnvironment(toolchain, {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PULUMI_HOME: at("home"),
      SCHEDLAB_STATE: at("state"),
    });
    await pulumi(["stack", "init", "test"]);
  }, 1_200_000);

  afterAll(async () => {
    if (existsSync(at("wanted.json"))) await pulumi(["destroy", "--yes", "--stack", "test"]);
    await sshd.remove();
    await rm(project, { recursive: true, force: true });
  }, 60_000);

  function start(args: readonly string[]) {
    return execa("pulumi", [...args, "--non-interactive", "--color=never"], {
      cwd: project,
      env: { ...environment, SSH_AUTH_SOCK: "" },
      all: true,
      reject: false,
      stdin: "ignore",
      timeout: 120_000,
      killSignal: "SIGKILL",
    });
  }

  async function pulumi(args: readonly string[], expected = 0): Promise<string> {
    const { exitCode, all } = await start(args);
    expect(exitCode, all).toBe(expected);
    return all;
  }

  async function declare(next: Record<string, Wanted>): Promise<void> {
    wanted = next;
    await writeFile(at("wanted.json"), JSON.stringify(wanted));
  }

  const up = (...args: string[]) => ["up", "--yes", "--stack", "test", ...args];
  const outputs = async (...args: string[]) =>
    JSON.parse(await pulumi(["stack", "output", "--json", "--stack", "test", ...args]));

  async function stateFile(): Promise<string> {
    const stacks = at("state", "pulumi", ".pulumi", "stacks", "command-plugin");
    const [name = ""] = (await readdir(stacks)).filter((entry) => entry.endsWith("test.json"));
    return readFile(path.join(stacks, name), "utf8");
  }

  test("waits for a late server, then creates everything", async () => {
    const agent = at("agent");
    const keys = execa("ssh-agent", ["-D", "-a", agent], { reject: false, stdio: "ignore" });
    try {
      await vi.waitUntil(() => existsSync(agent), { timeout: 5_000 });
      const key = path.join(sshd.directory, "user");
      await execa("ssh-add", [key], { env: { SSH_AUTH_SOCK: agent } });
      await declare({
        here: {
          kind: "local.Command",
          args: {
            create: 'echo "seen as it comes"; cat; echo " $COLOUR"',
            stdin: "given",
            environment: { COLOUR: "green" },
            dir: at("remote"),
          },
        },
        greet: {
          kind: "remote.Command",
          args: {
            connection: connection(),
            create: `cat > ${at("remote", "stdin")}; printf %s "$COLOUR"`,
            delete: `touch ${at("remote", "greet-deleted")}`,
            stdin: { secret },
            environment: { COLOUR: "blue" },
            triggers: ["first"],
          },
        },
        // Unknown in the preview.
        follower: {
          kind: "remote.Command",
          args: { connection: connection(), create: "cat", stdin: { output: ["here", "stdout"] } },
        },
        updated: {
          kind: "remote.Command",
          args: {
            connection: connection(),
            create: "printf created",
            update: 'printf %s "updated after $PULUMI_COMMAND_STDOUT"',
            environment: { COLOUR: "one" },
          },
        },
        rerun: {
          kind: "remote.Command",
          args: { connection: connection(), create: `echo ran >> ${at("remote", "rerun")}` },
        },
        byAgent: {
          kind: "remote.Command",
          args: {
            connection: { ...connection({ agentSocketPath: agent }), privateKey: undefined },
            create: "printf by-agent",
          },
        },
        proxied: {
          kind: "remote.Command",
          args: { connection: connection({ proxy: connection() }), create: "printf proxied" },
        },
        file: {
          kind: "remote.CopyToRemote",
          args: {
            connection: connection(),
            source: { text: "a text" },
            remotePath: at("remote", "made", "text"),
          },
        },
        tree: {
          kind: "remote.CopyToRemote",
          args: {
            connection: connection(),
            source: { directory: "tree" },
            remotePath: at("remote"),
          },
        },
        old: {
          kind: "remote.CopyFile",
          args: {
            connection: connection(),
            localPath: "tree/deeper/leaf",
            remotePath: at("remote", "old"),
          },
        },
      });
      const run = start(up());
      run.all.on("data", (chunk: Buffer) => {
        if (/attempt \d+ failed/.test(chunk.toString())) sshd.start();
      });
      const { exitCode, all } = await run;
      expect(exitCode, all).toBe(0);
      expect(all).toMatch(/attempt \d+ failed/);
      expect(all).toContain("seen as it comes");
      expect(all).not.toContain(secret);
      expect(await text("stdin")).toBe(secret);
      expect(await text("made", "text")).toBe("a text");
      expect(await text("tree", "deeper", "leaf")).toBe("leaf");
      expect(await text("old")).toBe("leaf");
    } finally {
      keys.kill();
      await keys;
    }
  }, 120_000);

  test("keeps secrets secret: what a command prints is one as soon as its input is", async () => {
    const shown = await outputs();
    expect(shown).toMatchObject({
      here: "seen as it comes\ngiven green",
      follower: "seen as it comes\ngiven green",
      greet: "[secret]",
      updated: "created",
      proxied: "proxied",
      byAgent: "by-agent",
      run: "from-run",
    });
    expect((await outputs("--show-secrets")).greet).toBe("blue");
    const state = await stateFile();
    expect(state).not.toContain(secret);
    expect(state).not.toContain("OPENSSH PRIVATE KEY");
  }, 60_000);

  test("does nothing when nothing has changed", async () => {
    await pulumi(up("--expect-no-changes"));
    expect(await text("rerun")).toBe("ran\n");
  }, 60_000);

  test("updates, runs again without an update command, and replaces when a trigger changes", async () => {
    const { greet, updated, rerun, file } = wanted as Record<string, Wanted>;
    if (!greet || !updated || !rerun || !file) throw new Error("not declared");
    await declare({
      ...wanted,
      greet: { ...greet, args: { ...greet.args, triggers: ["second"] } },
      updated: { ...updated, args: { ...updated.args, environment: { COLOUR: "two" } } },
      rerun: { ...rerun, args: { ...rerun.args, create: `${rerun.args.create} # again` } },
      file: { ...file, args: { ...file.args, source: { text: "another text" } } },
    });
    const all = await pulumi(up("--skip-preview"));
    expect(all).toMatch(/~ 3 updated/);
    expect(all).toMatch(/\+-1 replaced/);
    expect((await outputs()).updated).toBe("updated after created");
    expect(await text("rerun")).toBe("ran\nran\n");
    expect(await text("made", "text")).toBe("another text");
    expect(existsSync(at("remote", "greet-deleted"))).toBe(true);
  }, 60_000);

  test("refuses another host key at once, and says what a failed command printed", async () => {
    const before = wanted;
    const stranger = (await readFile(path.join(sshd.directory, "user.pub"), "utf8")).trim();
    await declare({
      ...before,
      stranger: {
        kind: "remote.Command",
        args: {
          connection: connection({ hostKey: stranger }),
          create: `touch ${at("remote", "stranger")}`,
        },
      },
      failing: {
        kind: "remote.Command",
        args: { connection: connection(), create: "echo the reason >&2; exit 7" },
      },
    });
    const { exitCode, all } = await start(up("--skip-preview", "--continue-on-error"));
    expect(exitCode).not.toBe(0);
    expect(all).toMatch(/host key of 127\.0\.0\.1:\d+ is not the expected one/);
    expect(all).not.toMatch(/attempt 1 failed/);
    expect(all).toMatch(/exited with status 7[\s\S]*the reason/);
    expect(existsSync(at("remote", "stranger"))).toBe(false);
    await declare(before);
  }, 60_000);

  test("ends what a command has started when it is interrupted, on both sides", async () => {
    const before = wanted;
    const script = (name: string) =>
      `echo $$ >> ${at("remote", name)}; sleep 600 & echo $! >> ${at("remote", name)}; echo started; wait`;
    await declare({
      ...before,
      longHere: { kind: "local.Command", args: { create: script("here.pids") } },
      longThere: {
        kind: "remote.Command",
        args: { connection: connection(), create: script("there.pids") },
      },
    });
    const started = (name: string) => new RegExp(`${name} .*started`);
    const run = start(up("--skip-preview"));
    let seen = "";
    run.all.on("data", (chunk: Buffer) => {
      const both = () => ["longHere", "longThere"].every((name) => started(name).test(seen));
      if (both()) return;
      seen += chunk.toString();
      if (both()) run.kill("SIGINT");
    });
    const { exitCode, all } = await run;
    expect(exitCode, all).not.toBe(0);
    const pids = `${await text("here.pids")}${await text("there.pids")}`.trim().split("\n");
    expect(pids).toHaveLength(4);
    await expect.poll(() => pids.filter(alive), { timeout: 15_000 }).toEqual([]);
    await declare(before);
  }, 90_000);

  test("deletes, and leaves no resource", async () => {
    await rm(at("remote", "greet-deleted"));
    await pulumi(["destroy", "--yes", "--skip-preview", "--stack", "test"]);
    expect(existsSync(at("remote", "greet-deleted"))).toBe(true);
    expect(JSON.parse(await stateFile()).checkpoint.latest?.resources ?? []).toEqual([]);
  }, 60_000);
});

/** A process that has ended may stay listed, as a zombie, until its parent collects it. */
function alive(pid: string): boolean {
  try {
    return !/ Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
