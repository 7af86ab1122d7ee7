import { afterAll, beforeAll } from "vitest";
import { SshExecutor } from "../../experiments/remote/ssh";
import { type Config, TestStack } from "../e2e/test-stack";
import { Session } from "./session";

/**
 * For the tests of a `describe`: a stack of the tuple, and a session of two users on its cluster. It has to
 * be there within `upMs` milliseconds; both are gone afterwards.
 */
export function sessionOnStack(tuple: Config, upMs: number): () => Session {
  let stack: TestStack | undefined;
  let ssh: SshExecutor | undefined;
  let session: Session | undefined;

  beforeAll(async () => {
    stack = await TestStack.create(tuple);
    await stack.mustUp();
    const handle = await stack.handle();
    ssh = new SshExecutor(handle.cluster.nodes, handle.cluster);
    session = await Session.open(handle, ssh, ["user01", "user02"]);
  }, upMs);

  afterAll(async () => {
    await session?.close();
    ssh?.close();
    await stack?.dispose();
  }, 300_000);

  return () => {
    if (session === undefined) throw new Error("the session is not open yet");
    return session;
  };
}
