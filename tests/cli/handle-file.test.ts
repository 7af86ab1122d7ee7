import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readHandle } from "../../cli/handle-file";
import { exampleHandle } from "../infra/example-handle";

const directory = fs.mkdtempSync(path.join(os.tmpdir(), "schedlab-handle-"));
afterAll(() => fs.rmSync(directory, { recursive: true }));

function file(content: string): string {
  const name = path.join(directory, "handle.json");
  fs.writeFileSync(name, content);
  return name;
}

describe("readHandle", () => {
  it("takes the handle itself, and all of a stack's outputs", async () => {
    const outputs = { domain: "lxc", handle: exampleHandle };
    expect(await readHandle(file(JSON.stringify(exampleHandle)))).toEqual(exampleHandle);
    expect(await readHandle(file(JSON.stringify(outputs)))).toEqual(exampleHandle);
  });

  it("says where a handle is wrong, without the access key", async () => {
    const wrong = { ...exampleHandle, version: 2 };
    await expect(readHandle(file(JSON.stringify(wrong)))).rejects.toMatchObject({
      message: "the handle is not one of this version of schedlab",
      detail: expect.stringMatching(/^version: /),
    });
    await expect(readHandle(file(exampleHandle.cluster.privateKey))).rejects.toThrow(
      "the handle is not JSON",
    );
  });
});
