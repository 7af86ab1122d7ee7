import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RemoteError, runChecked } from "../../../experiments/remote/executor";
import { follow } from "../../../experiments/remote/follow";
import { SshExecutor } from "../../../experiments/remote/ssh";
import type { SshSettings } from "../../../experiments/remote/ssh-links";
import { LoopbackSshd, noSshd } from "./sshd";

/** The host may be busy with builds; nothing here is fast by itself. */
const patient = { timeout: 15_000 };

/** A zombie that nobody has waited for has no command line. */
function isRunning(pid: string): boolean {
  const file = `/proc/${pid}/cmdline`;
  return fs.existsSync(file) && fs.readFileSync(file, "utf8") !== "";
}

describe.skipIf(noSshd)(`commands over SSH${noSshd}`, { timeout: 60_000 }, () => {
  let sshd: LoopbackSshd;
  let executor: SshExecutor;

  const connect = (change: Partial<SshSettings> = {}, hostKey: "host" | "stranger" = "host") =>
    new SshExecutor([sshd.target(hostKey)], {
      user: sshd.user,
      privateKey: sshd.key("user"),
      connectDeadlineMs: 2_000,
      ...change,
    });
  const options = { step: "try", deadlineMs: 10_000 };

  beforeEach(async () => {
    sshd = await LoopbackSshd.start();
    executor = connect();
  });
  afterEach(async () => {
    executor.close();
    await sshd.stop();
  });

  test("give their exit code, both outputs and the lines as they come", async () => {
    const lines: string[] = [];
    const result = await executor.run("node01", "cat; echo two; echo oops >&2; exit 3", {
      ...options,
      stdin: "one\n",
      onStdoutLine: (line) => lines.push(line),
    });
    expect(result).toMatchObject({ code: 3, stdout: "one\ntwo\n", stderr: "oops\n" });
    expect(lines).toEqual(["one", "two"]);
  });

  test("that have to succeed and do not are an error with step, code and output", async () => {
    const failure = await runChecked(executor, "node01", "echo broken >&2; exit 4", options).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(RemoteError);
    expect(failure).toMatchObject({
      host: "node01",
      step: "try",
      exitCode: 4,
      tail: "broken",
      message: "node01: try: exit code 4",
    });
  });

  test("are refused at a node that shows another host key, at once and without trying again", async () => {
    const wary = connect({ connectDeadlineMs: 20_000 }, "stranger");
    const started = performance.now();
    await expect(wary.run("node01", "true", options)).rejects.toThrow(
      /host key SHA256:\S+, but the stack made SHA256:/,
    );
    expect(performance.now() - started).toBeLessThan(10_000);
    wary.close();
  });

  test("are refused without a known key, and the error names the user", async () => {
    const stranger = connect({ privateKey: sshd.key("stranger") });
    await expect(stranger.run("node01", "true", options)).rejects.toThrow(
      `refused the key of user ${sshd.user}`,
    );
    stranger.close();
  });

  test("do not outlive their deadline, neither here nor there", async () => {
    const file = path.join(os.tmpdir(), `deadline-${process.pid}`);
    const command = `echo begun; echo $$ >${file}; exec sleep 300`;
    const failure = executor.run("node01", command, { ...options, deadlineMs: 700 });
    await expect(failure).rejects.toThrow("node01: try: not done within 0.7 s");
    const pid = fs.readFileSync(file, "utf8").trim();
    fs.rmSync(file);
    await expect.poll(() => isRunning(pid), patient).toBe(false);
  });

  test("fail when the connection is lost under way, and the next one connects anew", async () => {
    const lost = executor.run("node01", "echo begun; sleep 300", {
      ...options,
      onStdoutLine: () => {
        sshd.cut();
      },
    });
    await expect(lost).rejects.toThrow("node01: try: connection lost");
    await sshd.listen();
    await expect(executor.run("node01", "echo back", options)).resolves.toMatchObject({
      stdout: "back\n",
    });
  });

  test("wait for a node that is not up yet", async () => {
    await sshd.cut();
    const patient = connect({ connectDeadlineMs: 10_000 });
    const result = patient.run("node01", "echo up", options);
    await sshd.listen();
    await expect(result).resolves.toMatchObject({ stdout: "up\n" });
    patient.close();
  });

  test("give up on a node that never answers, saying where and for how long", async () => {
    await sshd.cut();
    await expect(executor.run("node01", "true", options)).rejects.toThrow(
      /no SSH connection to 127\.0\.0\.1:\d+ within \d s/,
    );
  });

  test("find room when there are more channels than sshd allows on one connection", async () => {
    const roomy = connect({ maxSessions: 3 });
    const channels = await Promise.all(
      Array.from({ length: 7 }, () =>
        roomy.open("node01", "cat", { step: "try", onLine: () => {} }),
      ),
    );
    await expect(roomy.run("node01", "echo eighth", options)).resolves.toMatchObject({ code: 0 });
    for (const channel of channels) channel.close();
    roomy.close();
  });

  test("over a channel go both ways until it is closed", async () => {
    const lines: string[] = [];
    const channel = await executor.open("node01", "cat", {
      step: "try",
      onLine: (line) => lines.push(line),
    });
    channel.write("one\ntwo\nrest");
    await expect.poll(() => lines, patient).toEqual(["one", "two"]);
    channel.close();
    await channel.ended;
    expect(lines).toEqual(["one", "two"]);
  });

  test("following a file deliver each line once, over a lost connection too", async () => {
    const file = path.join(os.tmpdir(), `follow-${process.pid}-${Date.now()}`);
    fs.writeFileSync(file, "before\nänderung\nhalf");
    const lines: string[] = [];
    const interruptions: string[] = [];
    const events = await follow(executor, {
      host: "node01",
      file,
      step: "follow",
      offset: "before\n".length,
      onLine: (line) => lines.push(line),
      onInterruption: (error) => interruptions.push(error.message),
      onFailure: (error) => interruptions.push(`failed: ${error.message}`),
    });
    await expect.poll(() => lines, patient).toEqual(["änderung"]);
    await sshd.cut();
    fs.appendFileSync(file, " and half\nwhile away\n");
    await sshd.listen();
    await expect.poll(() => lines, patient).toEqual(["änderung", "half and half", "while away"]);
    fs.appendFileSync(file, "after\n");
    await expect.poll(() => lines.at(-1), patient).toBe("after");
    expect(lines).toHaveLength(4);
    expect(interruptions).toEqual(["node01: follow: connection lost"]);
    events.close();
    fs.rmSync(file);
  });

  test("over a channel end with the handler's own error when a line cannot be handled", async () => {
    const lines: string[] = [];
    const channel = await executor.open("node01", "printf 'one\\ntwo\\nthree\\n'; sleep 300", {
      step: "try",
      onLine: (line) => {
        if (line === "two") throw new Error("ENOSPC: no space left on device");
        lines.push(line);
      },
    });
    const end = await channel.ended;
    expect(end.error?.message).toBe("ENOSPC: no space left on device");
    expect(lines).toEqual(["one"]);
    // The connection is as good as before, and others' commands go on.
    await expect(executor.run("node01", "echo on", options)).resolves.toMatchObject({ code: 0 });
  });

  test("with a handler that throws are rejected with that error, not with a lost connection", async () => {
    const result = executor.run("node01", "echo one; sleep 300", {
      ...options,
      onStdoutLine: () => {
        throw new Error("ENOSPC: no space left on device");
      },
    });
    await expect(result).rejects.toThrow(/^ENOSPC: no space left on device$/);
    await expect(executor.run("node01", "echo on", options)).resolves.toMatchObject({ code: 0 });
  });

  test("following a file end with the handler's error, at the line that was not taken", async () => {
    const file = path.join(os.tmpdir(), `follow-error-${process.pid}-${Date.now()}`);
    fs.writeFileSync(file, Array.from({ length: 40 }, (_, index) => `line ${index}\n`).join(""));
    const lines: string[] = [];
    const told: string[] = [];
    const events = await follow(executor, {
      host: "node01",
      file,
      step: "follow",
      offset: 0,
      onLine: (line) => {
        if (line === "line 17") throw new Error("ENOSPC: no space left on device");
        lines.push(line);
      },
      onInterruption: (error) => told.push(`interrupted: ${error.message}`),
      onFailure: (error) => told.push(error.message),
    });
    await expect.poll(() => told, patient).toHaveLength(1);
    expect(told).toEqual(["ENOSPC: no space left on device"]);
    expect(lines).toHaveLength(17);
    expect(events.offset()).toBe(Buffer.byteLength(lines.map((line) => `${line}\n`).join("")));
    events.close();
    fs.rmSync(file);
  });

  test("following a file end with a failure when the node stays away", async () => {
    const failures: string[] = [];
    const events = await follow(executor, {
      host: "node01",
      file: "/dev/null",
      step: "follow",
      offset: 0,
      onLine: () => {},
      onFailure: (error) => failures.push(error.message),
      resumeMs: 100,
    });
    await sshd.cut();
    await expect.poll(() => failures, patient).toHaveLength(1);
    events.close();
  });
});
