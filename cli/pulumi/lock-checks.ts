import type { Check } from "../../host/doctor";
import { staleLocks } from "../../toolchain/backend";
import { cancelRemedy, locksOf, lockText } from "./locks";

/** One line for each stack that a killed `pulumi` left locked. */
export function lockChecks(): Check[] {
  const stale = staleLocks(locksOf());
  if (stale.length === 0) {
    return [{ name: "locks of stacks", status: "ok", detail: "none is stale", remedy: null }];
  }
  return stale.map((lock) => ({
    name: "locks of stacks",
    status: "warn",
    detail: lockText(lock),
    remedy: cancelRemedy(lock.stack),
  }));
}
