import { execa } from "execa";
import { expect, test } from "vitest";
import { repoRoot } from "../base/paths";

const committed = await execa("git", ["show", "HEAD:Pulumi.dev.yaml", "HEAD:Pulumi.large.yaml"], {
  cwd: repoRoot,
  reject: false,
});
const why = committed.exitCode === 0 ? "" : " (skipped: no git repository here)";

test.skipIf(why !== "")(
  `the stacks that are committed belong to nobody's backend yet${why}`,
  () => {
    expect(committed.stdout).toContain("schedlab:topology");
    // Pulumi adds it to a stack's file; with another backend's passphrase the stack cannot be made.
    expect(committed.stdout).not.toContain("encryptionsalt");
  },
);
