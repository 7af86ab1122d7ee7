import { createServer, type Server } from "node:net";
import { execa } from "execa";
import { afterEach, expect, test } from "vitest";
import { consoleTail, waitForSshScript } from "../../../infra/libvirt/wait-script";

const bash = (script: string) => execa("bash", ["-c", script], { reject: false });
const notRoot = process.getuid?.() === 0 ? "" : " (skipped: port 22 needs root)";
// Of the loopback network, and nobody else's.
const address = "127.22.22.22";
const evidence = "echo 'the kernel did not find its root'; false";

let server: Server | undefined;
afterEach(() => server?.close());

test("a guest that never answers ends the wait at its deadline, with the evidence", async () => {
  const script = waitForSshScript({ name: "node01", address, seconds: 1, explain: evidence });
  const started = performance.now();
  const { exitCode, stderr } = await bash(script);
  expect(exitCode).toBe(1);
  expect(stderr).toBe(
    `node01 (${address}) did not answer SSH within 1 s.\nthe kernel did not find its root`,
  );
  expect(performance.now() - started).toBeLessThan(10_000);
});

test("the evidence of a console is its end, and its absence does not hide the failure", async () => {
  const script = waitForSshScript({
    name: "node01",
    address,
    seconds: 0,
    explain: consoleTail("/no/such/console"),
  });
  const { exitCode, stderr } = await bash(script);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("did not answer SSH");
  expect(stderr).toContain("end of /no/such/console");
});

test.skipIf(notRoot)(
  `only the greeting of an SSH server ends the wait well${notRoot}`,
  async () => {
    const greetings = ["", "busy\n", "SSH-2.0-test\r\n"];
    server = createServer((socket) => socket.end(greetings.shift() ?? "SSH-2.0-test\r\n"));
    await new Promise<void>((resolve) => server?.listen(22, address, resolve));
    const { exitCode, stdout } = await bash(
      waitForSshScript({ name: "node01", address, seconds: 30, explain: evidence }),
    );
    expect([exitCode, stdout]).toEqual([0, "node01 answers"]);
    expect(greetings).toEqual([]);
  },
);
