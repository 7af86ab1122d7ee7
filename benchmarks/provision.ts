import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { Command } from "commander";
import { stringify } from "yaml";
import { repoRoot } from "../base/paths";
import { setUp } from "../cli/setup";
import { planCluster } from "../infra/plan";
import { bootstrapSteps } from "../infra/schedulers/registry";
import { parseSpec } from "../spec/parse";
import { answerTime, criticalPath, type Done, parseDone } from "./provision/timeline";

interface Options {
  readonly nodes: number;
  readonly jobs: number;
  readonly domain: string;
  readonly cidr: string;
  readonly json?: boolean;
}

const stack = "bench-provision";

function tuple({ nodes, jobs, domain, cidr }: Options, store: string): Record<string, object> {
  return {
    topology: {
      domain,
      controller: { profile: "cpu1-512m" },
      nodes: { profile: "cpu1-512m", count: nodes },
      network: { cidr },
      overcommit: { cores: 64, memory: 8 },
    },
    workload: { kind: "trace", jobs },
    run: { store },
  };
}

/** Seconds from now until the node's sshd greets; null when it has not before `signal` aborts. */
async function untilGreeting(address: string, signal: AbortSignal): Promise<number | null> {
  const started = performance.now();
  while (!signal.aborted) {
    const greeted = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: address, port: 22, timeout: 500 });
      const end = (answer: boolean) => {
        socket.destroy();
        resolve(answer);
      };
      socket.once("data", (data) => end(data.toString().startsWith("SSH-")));
      socket.once("error", () => end(false));
      socket.once("timeout", () => end(false));
    });
    if (greeted) return (performance.now() - started) / 1000;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return null;
}

/** Runs `pulumi up`; every finished resource with its seconds, and the whole time. */
async function timedUp(
  binary: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ done: Done[]; seconds: number }> {
  const started = performance.now();
  const child = spawn(binary, args, {
    cwd: repoRoot,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const done: Done[] = [];
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    const finished = parseDone(line);
    if (finished !== null) done.push(finished);
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`pulumi up ended with ${code}:\n${lines.slice(-40).join("\n")}`);
  return { done, seconds: (performance.now() - started) / 1000 };
}

async function measure(options: Options): Promise<void> {
  const scratch = await mkdtemp(path.join(tmpdir(), "schedlab-bench-"));
  const { pulumi, environment } = await setUp((line) => process.stderr.write(`${line}\n`));
  const config = path.join(repoRoot, `Pulumi.${stack}.yaml`);
  const spec = tuple(options, path.join(scratch, "schedlab.duckdb"));
  const keys = Object.entries(spec).map(([key, value]) => [`schedlab:${key}`, value]);
  await writeFile(config, stringify({ config: Object.fromEntries(keys) }));
  const aborter = new AbortController();
  try {
    await pulumi.read("stack", "select", "--create", stack);
    const parsed = parseSpec(spec);
    const plan = planCluster(parsed, { stack });
    const greetings = plan.nodes.map(({ address }) => untilGreeting(address, aborter.signal));
    const up = ["up", "--yes", "--skip-preview", "--non-interactive", "--color=never", "-s", stack];
    const { done, seconds } = await timedUp("pulumi", [...up, "--parallel=64"], environment);
    aborter.abort();
    const parts = criticalPath(done, bootstrapSteps(parsed, plan));
    const critical = Object.values(parts).reduce((sum, part) => sum + part, 0);
    const answered = answerTime(await Promise.all(greetings));
    const ratio = seconds / critical;
    const result = {
      nodes: options.nodes,
      jobs: options.jobs,
      seconds,
      critical,
      parts,
      ratio,
      answered,
    };
    console.log(options.json ? JSON.stringify(result) : describe(result));
  } finally {
    aborter.abort();
    await pulumi.read("destroy", "--yes", "--skip-preview", "--non-interactive", "-s", stack);
    await pulumi.read("stack", "rm", "--yes", "--non-interactive", stack);
    await rm(config, { force: true });
    await rm(scratch, { recursive: true, force: true });
  }
}

function describe(result: {
  nodes: number;
  jobs: number;
  seconds: number;
  critical: number;
  parts: Readonly<Record<string, number>>;
  ratio: number;
  answered: number | null;
}): string {
  const parts = Object.entries(result.parts).map(([name, s]) => `${name} ${s.toFixed(1)} s`);
  const last =
    result.answered === null
      ? "not every node answered"
      : `last node answered SSH after ${result.answered.toFixed(1)} s`;
  return [
    `1+${result.nodes} nodes, ${result.jobs} jobs: pulumi up took ${result.seconds.toFixed(1)} s; ${last}`,
    `critical path ${result.critical.toFixed(1)} s: ${parts.join(", ")}`,
    `ratio ${result.ratio.toFixed(2)} (aim: at most 1.25)`,
  ].join("\n");
}

new Command("provision")
  .description("time of pulumi up against its critical path: slowest node, scheduler start, run")
  .option("--nodes <count>", "compute nodes", Number, 4)
  .option("--jobs <count>", "jobs of the bundled trace", Number, 40)
  .option("--domain <kind>", "auto, kvm, lxc or qemu", "auto")
  .option("--cidr <range>", "network of the cluster", "10.93.0.0/24")
  .option("--json", "one JSON object")
  .action(measure)
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
