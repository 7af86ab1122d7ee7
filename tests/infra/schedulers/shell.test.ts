import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  awaitAnswer,
  filesCheck,
  putFile,
  runWith,
  script,
  stepScript,
} from "../../../infra/schedulers/shell";

let dir: string;
let owner: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), "schedlab-shell-"));
  const { uid, gid } = os.userInfo();
  owner = `${uid}:${gid}`;
  mkdirSync(path.join(dir, "bin"));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** A stand-in for systemctl that keeps its state in a file and logs what it is asked. */
function fakeSystemctl(restart: string) {
  const file = path.join(dir, "bin", "systemctl");
  writeFileSync(
    file,
    `#!/bin/bash
echo "$*" >>${dir}/calls
case "$1" in
  is-active) [ -e ${dir}/active ] ;;
  restart) ${restart} ;;
esac
`,
  );
  chmodSync(file, 0o755);
  writeFileSync(path.join(dir, "bin", "journalctl"), "#!/bin/sh\necho the journal\n", {
    mode: 0o755,
  });
}

function run(text: string) {
  // The note of what a service runs with goes to /run, which only root may write.
  return spawnSync("bash", [], {
    input: text.replaceAll("/run/schedlab", `${dir}/run`),
    encoding: "utf8",
    env: { PATH: `${dir}/bin:${process.env.PATH}` },
  });
}

const file = (content: string) => ({ path: `${dir}/sub/a.conf`, mode: "0640", owner, content });
const restarts = () =>
  readFileSync(path.join(dir, "calls"), "utf8")
    .split("\n")
    .filter((call) => call.startsWith("restart")).length;

describe("the scripts' building blocks", () => {
  it("write a file whole with its mode, and leave an equal one alone", () => {
    const content = "one\n  $HOME `date` \\ 'two'\n";
    expect(run(stepScript(putFile(file(content)))).stderr).toBe("");
    expect(readFileSync(file("").path, "utf8")).toBe(content);
    const { ino, mode } = statSync(file("").path);
    expect(mode & 0o777).toBe(0o640);
    run(stepScript(putFile(file(content))));
    expect(statSync(file("").path).ino).toBe(ino);
    expect(existsSync(`${file("").path}.schedlab-new`)).toBe(false);
  });

  it("notice a file that is not what was put", () => {
    run(stepScript(putFile(file("one"))));
    expect(run(script(filesCheck([file("one")]))).status).toBe(0);
    expect(run(script(filesCheck([file("two")]))).status).not.toBe(0);
  });

  it("restart a service only when it is down or its files are new to it", () => {
    fakeSystemctl(`touch ${dir}/active`);
    const start = (content: string) =>
      run(stepScript(putFile(file(content)), runWith("thing", "/dev/null", [file("").path])))
        .status;
    expect(start("one")).toBe(0);
    expect(start("one")).toBe(0);
    expect(restarts()).toBe(1);
    expect(start("two")).toBe(0);
    expect(restarts()).toBe(2);
    rmSync(path.join(dir, "active"));
    expect(start("two")).toBe(0);
    expect(restarts()).toBe(3);
  });

  it("make good a restart that was cut off after its file was written", () => {
    fakeSystemctl(`touch ${dir}/active`);
    run(stepScript(putFile(file("one")), runWith("thing", "/dev/null", [file("").path])));
    run(stepScript(putFile(file("two"))));
    run(stepScript(putFile(file("two")), runWith("thing", "/dev/null", [file("").path])));
    expect(restarts()).toBe(2);
  });

  it("show the journal and the log of a service that does not start", () => {
    fakeSystemctl("echo no such unit; exit 1");
    writeFileSync(path.join(dir, "log"), "the last line\n");
    const { status, stderr } = run(stepScript(runWith("thing", `${dir}/log`, [`${dir}/log`])));
    expect(status).toBe(1);
    expect(stderr).toBe("thing does not start: no such unit:\nthe journal\nthe last line\n");
  });

  it("give up on an answer at once when the service has ended, else at the deadline", () => {
    fakeSystemctl("true");
    writeFileSync(path.join(dir, "log"), "");
    const wait = (seconds: number) =>
      run(stepScript(awaitAnswer("thing", `${dir}/log`, seconds, "false"))).stderr;
    expect(wait(60)).toMatch(/^thing ended:/);
    writeFileSync(path.join(dir, "active"), "");
    expect(wait(0)).toMatch(/^thing did not answer within 0 s:/);
  });
});
