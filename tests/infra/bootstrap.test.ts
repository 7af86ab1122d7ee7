import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { runBootstrap } from "../../infra/bootstrap";
import type { ClusterNode } from "../../infra/libvirt/cluster";
import type { BootstrapStep } from "../../infra/schedulers/step";

interface Made {
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

const made: Made[] = [];

function step(name: string, more: Partial<BootstrapStep> = {}): BootstrapStep {
  return { name, host: "controller", needs: [], create: ":", check: ":", ...more };
}

const access = {
  user: "root",
  privateKey: pulumi.secret("key"),
  secrets: { munge: pulumi.secret("munge key") },
};

function controller(): ClusterNode {
  class Domain extends pulumi.CustomResource {}
  return {
    plan: { name: "controller", address: "10.77.0.10" } as ClusterNode["plan"],
    domain: { resource: new Domain("test:Domain", "controller"), identity: pulumi.output("1") },
    publicHostKey: pulumi.output("ssh-ed25519 AAAA"),
  };
}

/** The inputs of each step's command, by the step's name. */
async function inputsOf(steps: readonly BootstrapStep[]): Promise<Map<string, Made["inputs"]>> {
  made.length = 0;
  const commands = runBootstrap(steps, [controller()], access);
  await Promise.all(
    commands.map((command) => new Promise((resolve) => command.urn.apply(resolve))),
  );
  return new Map(made.map(({ name, inputs }) => [name, inputs]));
}

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => {
      made.push({ name, inputs });
      return { id: name, state: { ...inputs, stdout: `told by ${name}` } };
    },
    call: ({ inputs }) => inputs,
  });
});

describe("a step that takes what another one tells in secret", () => {
  const steps = [
    step("teller"),
    step("taker", { secretFrom: "teller", needs: ["teller"] }),
    step("other", { secret: "munge" }),
  ];

  it("reads it from standard input, where it stays a secret", async () => {
    const inputs = await inputsOf(steps);
    // The mark that Pulumi's engine knows secrets by.
    const secret = (value: string) => expect.objectContaining({ value });
    expect(inputs.get("taker")?.stdin).toEqual(secret("told by teller"));
    expect(inputs.get("other")?.stdin).toEqual(secret("munge key"));
    expect(inputs.get("teller")).not.toHaveProperty("stdin");
  });

  it("keeps what is told from the log, and nothing else", async () => {
    const inputs = await inputsOf(steps);
    expect(inputs.get("teller")?.logging).toBe("stderr");
    expect(inputs.get("taker")).not.toHaveProperty("logging");
  });

  it("must come after the one that tells", () => {
    expect(() =>
      runBootstrap([step("taker", { secretFrom: "teller" })], [controller()], access),
    ).toThrow("step taker wants a secret of teller, which comes later");
  });
});
