import { afterEach, expect, test, vi } from "vitest";
import { registerGenerate } from "../../cli/generate";
import { readSwf } from "../../workloads/swf/read";
import { runCommand } from "./command";

const size = ["--jobs", "30", "--procs", "16", "--seed", "5"];
afterEach(() => {
  vi.restoreAllMocks();
});

async function generate(...args: string[]): Promise<string> {
  const chunks: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((chunk, ...rest) => {
    if (chunk !== "") chunks.push(String(chunk));
    for (const callback of rest) if (typeof callback === "function") callback();
    return true;
  });
  const { wrongUse } = await runCommand(registerGenerate, "generate", ...args);
  vi.restoreAllMocks();
  expect(wrongUse).toBeNull();
  return chunks.join("");
}

test.each(["poisson", "lublin-batch", "lublin-interactive", "lublin"])(
  "the model %s writes a log that the strict reader accepts, the same for a seed",
  async (model) => {
    const text = await generate("--model", model, ...size);
    const { records } = await readSwf(Buffer.from(text), "strict");
    expect(records).toHaveLength(30);
    expect(await generate("--model", model, ...size)).toBe(text);
    expect(await generate("--model", model, ...size, "--seed", "6")).not.toBe(text);
  },
);

test("Poisson takes its distributions and its load from the command line", async () => {
  const options = ["--sizes", "constant:3", "--runs", "constant:100", "--gap", "10"];
  const text = await generate("--model", "poisson", ...size, ...options);
  expect(text).toContain("; Note: Poisson arrivals, mean gap 10 s");
  const { records } = await readSwf(Buffer.from(text), "strict");
  for (const record of records) expect(record).toMatchObject({ allocated: 3, run: 100 });
});

test.each([
  [["--model", "downey"], "Allowed choices"],
  [["--model", "lublin", "--load", "2"], "--load does not belong to the model lublin"],
  [["--model", "poisson", "--size-high", "2"], "--size-high does not belong to the model poisson"],
  [["--model", "poisson", "--sizes", "normal:1:2"], "is no distribution"],
  [["--model", "poisson", "--load", "1", "--gap", "1"], "cannot be used with"],
  [["--model", "poisson", "--load", "NaN"], "Expected a number above 0"],
  [["--model", "lublin", "--seed", "-1"], "Expected a whole number from 0"],
  [["--model", "lublin", "--jobs", "0"], "Expected a whole number from 1"],
])("%j is wrong use", async (args, message) => {
  const { wrongUse } = await runCommand(registerGenerate, "generate", ...size, ...args);
  expect(wrongUse).toContain(message);
});
