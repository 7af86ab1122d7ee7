import { execa } from "execa";
import pLimit from "p-limit";
import { shellQuote } from "../../base/quote";
import type { Reporter } from "../../base/reporter";
import type { HandleNode } from "../../infra/handle";
import { programsFrom, type Task } from "../../workloads/task";
import { type Executor, runChecked } from "../remote/executor";
import type { Programs } from "./body";

const NODES_AT_ONCE = 4;
const COPY_MS = 300_000;
/** Of an archive; planning allows 64 MiB of content. */
const MOST_BYTES = 128 * 1024 * 1024;

/** Where the programs of the user's that these tasks need go, below a run's directory. */
export function programPlaces(tasks: readonly Task[], directory: string): Programs {
  const sources = programsFrom(tasks, "directory").map((program) => program.directory);
  return new Map(
    [...new Set(sources)].map((source, index) => [source, `${directory}/program${index + 1}`]),
  );
}

/**
 * Copies each directory to every compute node. Throws RemoteError naming the first node that could not
 * take it.
 */
export async function placePrograms(
  executor: Executor,
  nodes: readonly HandleNode[],
  programs: Programs,
  report: Reporter,
): Promise<void> {
  const limit = pLimit(NODES_AT_ONCE);
  const compute = nodes.filter(({ role }) => role === "compute");
  for (const [source, target] of programs) {
    report(`copying ${source} to ${compute.length} nodes`);
    const archive = await pack(source);
    await Promise.all(
      compute.map(({ name }) =>
        limit(() =>
          runChecked(executor, name, unpackCommand(target), {
            step: "copy the program",
            deadlineMs: COPY_MS,
            stdin: archive,
          }),
        ),
      ),
    );
  }
}

/** Owned by root whoever owns the originals, and readable for the users. */
function unpackCommand(target: string): string {
  const place = shellQuote(target);
  return (
    `mkdir -m 755 -p ${place} && base64 -d | ` +
    `tar -xzf - --no-same-owner -C ${place} && chmod -R a+rX ${place}`
  );
}

/** gzipped tar of what the directory holds, in base64. */
async function pack(source: string): Promise<string> {
  const { stdout } = await execa("tar", ["-C", source, "-czf", "-", "."], {
    encoding: "buffer",
    maxBuffer: MOST_BYTES,
    timeout: COPY_MS,
  });
  return Buffer.from(stdout).toString("base64");
}
