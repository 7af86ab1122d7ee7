import { PassThrough, Writable } from "node:stream";
import { expect, test } from "vitest";
import { writeLines } from "../../cli/lines-out";

function* endless(taken: { count: number }) {
  for (;;) {
    taken.count += 1;
    yield "line";
  }
}

test("every line is written, each with its end", async () => {
  const out = new PassThrough({ highWaterMark: 64 });
  const chunks: Buffer[] = [];
  out.on("data", (chunk: Buffer) => chunks.push(chunk));
  const lines = Array.from({ length: 2500 }, (_, index) => `line ${index}`);
  await writeLines(out, lines);
  expect(Buffer.concat(chunks).toString()).toBe(`${lines.join("\n")}\n`);
});

test("a reader that goes away ends the writing without an error", async () => {
  const taken = { count: 0 };
  const out = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error("gone"), { code: "EPIPE" })),
  });
  await writeLines(out, endless(taken));
  expect(taken.count).toBeLessThan(20_000);
});

test("any other error of the output is thrown", async () => {
  const out = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error("full"), { code: "ENOSPC" })),
  });
  await expect(writeLines(out, endless({ count: 0 }))).rejects.toThrow("full");
});
