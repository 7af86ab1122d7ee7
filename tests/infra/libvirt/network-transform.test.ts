import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { networkTransform } from "../../../infra/libvirt/network-transform";

const missing = spawnSync("xsltproc", ["--version"]).status === 0 ? "" : " (skipped: no xsltproc)";

function transformed(xml: string): string {
  const directory = mkdtempSync(path.join(tmpdir(), "schedlab-xslt-"));
  try {
    const stylesheet = path.join(directory, "network.xsl");
    writeFileSync(stylesheet, networkTransform);
    return spawnSync("xsltproc", [stylesheet, "-"], { input: xml, encoding: "utf8" }).stdout;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

it
  .skipIf(missing)
  .each([
    "<network><name>a</name><bridge name='b' stp='on' delay='0'/></network>",
    "<network><name>a</name><bridge name='b'/></network>",
  ])(`the bridge of %s has no spanning tree${missing}`, (xml) => {
  const result = transformed(xml);
  expect(result).toMatch(/<bridge [^>]*stp="off"/);
  expect(result).toContain('name="b"');
  expect(result).toContain("<name>a</name>");
});
