import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Experiment, experimentOf } from "../../infra/experiment";
import { planCluster } from "../../infra/plan";
import { measuredSpec } from "../../infra/tuple";
import { checkWorkload } from "../../infra/workload";
import { parseSpec } from "../../spec/parse";
import { exampleHandle } from "./example-handle";

interface Made {
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

const made: Made[] = [];
const said: { readonly text: string; readonly beside: string | undefined }[] = [];

/** A preview or an `up` of this configuration. */
async function program(configuration: unknown, { preview }: { preview: boolean }): Promise<void> {
  made.length = 0;
  said.length = 0;
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, inputs }) => {
        made.push({ name, inputs });
        return { id: name, state: { ...inputs, stdout: "" } };
      },
      call: ({ inputs }) => inputs,
    },
    "schedlab",
    "mine",
    preview,
  );
  const info = vi.spyOn(pulumi.log, "info").mockImplementation(async (text, resource) => {
    said.push({ text, beside: resource && (resource as { __name?: string }).__name });
  });
  const configured = parseSpec(configuration);
  const spec = measuredSpec(configured);
  const experiment: Experiment = {
    stack: "mine",
    spec,
    workload: await checkWorkload(spec, planCluster(spec, { stack: "mine" })),
    tupleHash: "0123456789abcdef".repeat(4),
    handle: pulumi.output(exampleHandle),
    ready: [],
    onUp: configured.run.onUp ?? true,
  };
  const command = await experimentOf(experiment);
  if (command !== undefined) await new Promise((resolve) => command.urn.apply(resolve));
  info.mockRestore();
}

const workload = { kind: "trace", jobs: 7, seed: 3 };

afterEach(() => vi.restoreAllMocks());

describe("run.onUp", () => {
  it("lets up run the workload unless it is false", async () => {
    await program({ workload }, { preview: false });
    expect(made.map(({ name }) => name)).toEqual(["experiment"]);
    expect(made[0]?.inputs).toMatchObject({
      create: "exec node bin/schedlab.js run --handle -",
      triggers: ["0123456789abcdef".repeat(4)],
    });
    await program({ workload, run: { onUp: true } }, { preview: false });
    expect(made).toHaveLength(1);
    await program({ workload, run: { onUp: false } }, { preview: false });
    expect(made).toEqual([]);
    expect(said).toEqual([]);
  });

  it("lets a preview say which run up would start, beside what starts it", async () => {
    await program({ workload, run: { repeat: 2 } }, { preview: true });
    expect(made).toHaveLength(1);
    expect(said).toEqual([
      {
        beside: "experiment",
        text:
          "if this is created or replaced, up runs 7 jobs (trace, seed 3) under slurm (backfill, basic), " +
          "2 times, into results/schedlab.duckdb; tuple 0123456789ab; if it stays, this tuple has been run",
      },
    ]);
  });

  it("lets a preview say that up runs nothing, and what would run what", async () => {
    await program({ workload, run: { onUp: false } }, { preview: true });
    expect(made).toEqual([]);
    expect(said).toEqual([
      {
        beside: undefined,
        text: expect.stringMatching(
          /^run\.onUp is false: up builds .* npx schedlab run --stack mine then runs 7 jobs .* once/,
        ),
      },
    ]);
  });

  it("changes nothing of what is measured", () => {
    const measured = (run: object) => measuredSpec(parseSpec({ workload, run }));
    expect(measured({ onUp: false })).toEqual(parseSpec({ workload }));
    expect(measured({ onUp: true })).toEqual(parseSpec({ workload }));
    expect(measured({})).toEqual(parseSpec({ workload }));
    expect("onUp" in parseSpec({ workload }).run).toBe(false);
  });
});
