import { Failure } from "../../base/failure";
import type { Check } from "../../host/doctor";
import { outsidePackages } from "../../images/outside/given";
import { imageOutsideNeeds } from "../../images/roles";
import { schedulerKinds } from "../../spec/scheduler";

/** One line for each scheduler whose image needs packages that no Debian suite holds. */
export function packageChecks(): Promise<Check[]> {
  const kinds = schedulerKinds.filter((kind) => imageOutsideNeeds(kind) !== undefined);
  return Promise.all(
    kinds.map(async (kind): Promise<Check> => {
      const name = `packages of ${kind}`;
      try {
        const outside = await outsidePackages(kind, undefined);
        const { dir = "", versions = {} } = outside ?? {};
        const held = Object.entries(versions).map(([held, version]) => `${held} ${version}`);
        const detail = `${held.join(", ")} in ${dir}`;
        return { name, status: "ok", detail, remedy: null };
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        const detail = error.message.replaceAll("\n", " ");
        return { name, status: "warn", detail, remedy: error.remedy ?? null };
      }
    }),
  );
}
