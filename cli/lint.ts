import { execa } from "execa";
import { Failure } from "../base/failure";
import { repoRoot } from "../base/paths";
import { exitCodeOf, failureText } from "./failure-text";

/**
 * What is not asked of files whose text is part of the images' keys: a change of their form would make
 * every image anew, and runs on either would no longer be comparable. SC2015: in `A && B || C`, C ends
 * the script, so it cannot run wrongly after A.
 */
const imageFiles = { place: /^images\/files\//, excluded: "SC2015" };

/**
 * Checks the shell files of the project with shellcheck, those that tests compare scripts with too, as
 * they are the scripts as nodes run them. @throws Failure when it finds something, or is missing.
 */
async function lintShell(): Promise<void> {
  const { stdout } = await execa("git", ["ls-files", "-z", "*.sh"], { cwd: repoRoot });
  const files = stdout.split("\0").filter(Boolean);
  const inImages = files.filter((file) => imageFiles.place.test(file));
  const others = files.filter((file) => !imageFiles.place.test(file));
  await shellcheck(others);
  await shellcheck([`--exclude=${imageFiles.excluded}`, ...inImages]);
}

async function shellcheck(args: readonly string[]): Promise<void> {
  const result = await execa("shellcheck", [...args], {
    cwd: repoRoot,
    stdio: "inherit",
    reject: false,
  });
  if (result.code === "ENOENT") {
    throw new Failure("shellcheck is not installed", {
      remedy: "sudo apt-get install --yes --no-install-recommends shellcheck",
    });
  }
  if (result.exitCode !== 0) throw new Failure("shellcheck found something in the shell files");
}

/** The part of `npm run lint` that no tool of npm does. */
export async function main(): Promise<void> {
  try {
    await lintShell();
  } catch (error) {
    console.error(failureText(error));
    process.exitCode = exitCodeOf(error);
  }
}
