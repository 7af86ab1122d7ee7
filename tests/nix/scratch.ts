import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach } from "vitest";

export interface Scratch {
  /** Path of a name in the directory; of the directory for "". */
  readonly at: (name: string) => string;
  /** Each makes the directories that its file needs. */
  readonly write: (name: string, text: string, mode?: number) => string;
  readonly link: (name: string, target: string) => void;
}

/** A directory of each test's own, which is removed after it. */
export function scratchDirectory(): Scratch {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), "schedlab-nix-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const at = (name: string) => path.join(dir, name);
  return {
    at,
    write(name, text, mode = 0o644) {
      mkdirSync(path.dirname(at(name)), { recursive: true });
      writeFileSync(at(name), text);
      chmodSync(at(name), mode);
      return at(name);
    },
    link(name, target) {
      mkdirSync(path.dirname(at(name)), { recursive: true });
      symlinkSync(target, at(name));
    },
  };
}
