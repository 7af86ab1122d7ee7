import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseStackYaml, stackText } from "../../infra/stack-yaml";
import { pulumiEnvironment } from "../../toolchain/environment";
import { ensureToolchain } from "../../toolchain/pulumi";

const corpus = path.resolve(__dirname, "..", "spec", "corpus");
const files = readdirSync(corpus).sort();
const stack = "corpus";

let directory: string;
let environment: Readonly<Record<string, string | undefined>>;
/** The salt of the stack's passphrase, without which Pulumi reads no configuration. */
let salt: string;

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), "schedlab-corpus-"));
  const toolchain = await ensureToolchain({ report: (line) => console.log(line) });
  environment = pulumiEnvironment(toolchain, {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    PULUMI_HOME: path.join(directory, "home"),
    SCHEDLAB_STATE: directory,
  });
  writeFileSync(path.join(directory, "Pulumi.yaml"), "name: schedlab\nruntime: nodejs\n");
  const { exitCode, all } = await pulumi("stack", "init");
  expect(exitCode, all).toBe(0);
  salt = readFileSync(path.join(directory, `Pulumi.${stack}.yaml`), "utf8");
}, 1_200_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function pulumi(...args: string[]) {
  return execa("pulumi", [...args, "--stack", stack, "--non-interactive"], {
    cwd: directory,
    env: { ...environment },
    all: true,
    reject: false,
    stdin: "ignore",
    timeout: 60_000,
  });
}

/** Keys and values as Pulumi has them: structured, or as text. Null: it refuses the file. */
async function pulumiReads(bytes: Buffer): Promise<Record<string, unknown> | null> {
  const file = path.join(directory, `Pulumi.${stack}.yaml`);
  // The salt stands behind the corpus's own first document, whose encoding marks come first.
  const [head, ...documents] = splitDocuments(bytes);
  const text = Buffer.concat([head ?? Buffer.alloc(0), Buffer.from(salt), ...documents]);
  writeFileSync(file, text);
  const { exitCode, stdout } = await pulumi("config", "--json", "--show-secrets");
  if (exitCode !== 0) return null;
  const config: Record<string, { value?: string; objectValue?: unknown }> = JSON.parse(stdout);
  return Object.fromEntries(
    Object.entries(config).map(([key, { value, objectValue }]) => [key, objectValue ?? value]),
  );
}

function splitDocuments(bytes: Buffer): Buffer[] {
  const at = bytes.indexOf("---\n");
  return at < 0 ? [bytes] : [bytes.subarray(0, at), bytes.subarray(at)];
}

/** The same by schedlab's reader. */
function schedlabReads(bytes: Buffer): Record<string, unknown> | null {
  try {
    const document = parseStackYaml("corpus", stackText("corpus", bytes)) as {
      config: Record<string, unknown>;
    };
    return Object.fromEntries(
      Object.entries(document.config).map(([key, value]) => [
        key.includes(":") ? key.replace(":config:", ":") : `schedlab:${key}`,
        typeof value === "object" && value !== null ? value : String(value ?? ""),
      ]),
    );
  } catch {
    return null;
  }
}

test.each(files)(
  "%s is read, or refused, as the pinned Pulumi does",
  async (name) => {
    const bytes = readFileSync(path.join(corpus, name));
    const theirs = await pulumiReads(bytes);
    expect(theirs === null).toBe(name.startsWith("refused-"));
    expect(schedlabReads(bytes)).toEqual(theirs);
  },
  60_000,
);
