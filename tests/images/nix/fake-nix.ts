import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { vi } from "vitest";

/** A `nix` on PATH that builds nothing, and a store, a cache and a state of its own. */
export class FakeNix {
  readonly dir = mkdtempSync(path.join(tmpdir(), "schedlab-nix-"));
  readonly store = path.join(this.dir, "store");
  readonly cache = path.join(this.dir, "cache");
  readonly state = path.join(this.dir, "state");

  constructor() {
    const bin = path.join(this.dir, "bin");
    for (const place of [bin, this.store]) mkdirSync(place);
    copyFileSync(path.join(__dirname, "fake-nix.sh"), path.join(bin, "nix"));
    chmodSync(path.join(bin, "nix"), 0o755);
    vi.stubEnv("FAKE_NIX", this.dir);
    vi.stubEnv("PATH", `${bin}:${process.env.PATH}`);
    vi.stubEnv("NIX_STORE_DIR", this.store);
    vi.stubEnv("SCHEDLAB_CACHE", this.cache);
    vi.stubEnv("SCHEDLAB_STATE", this.state);
    this.answer("system", "x86_64-linux");
    this.answer("says", "");
    this.answer("path", `${this.pathOf("a")}\n`);
  }

  /** A path of the store, which differs with the letter. */
  pathOf(letter: string): string {
    return path.join(this.store, `${letter.repeat(32)}-slurm-image`);
  }

  answer(name: "system" | "path" | "says" | "fails", text: string): void {
    writeFileSync(path.join(this.dir, name), text);
  }

  mend(): void {
    rmSync(path.join(this.dir, "fails"));
  }

  /** What it was called with, apart from the features that are always asked for. */
  get calls(): string[] {
    const file = path.join(this.dir, "calls");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  }

  remove(): void {
    vi.unstubAllEnvs();
    rmSync(this.dir, { recursive: true });
  }
}
