import { z } from "zod";
import { judged, sqlCheck, unknown } from "../check";
import { figures } from "../figures";
import { limits } from "../limits";
import { percentText, secondsText } from "../text";
import { hostStepsSql } from "./host-window";

const row = z.object({
  sampled: z.number(),
  share: z.number().nullable(),
  worst: z.number().nullable(),
  at: z.number().nullable(),
});

/** CPU time that the host, itself a machine of some hypervisor, was kept from. */
export const noSteal = sqlCheck({
  name: "no-steal",
  touches: figures.measured,
  sql: `
    WITH steps AS (${hostStepsSql}), shares AS (
      SELECT *, steal / nullif(busy + idle + steal, 0) AS share FROM steps WHERE until_s IS NOT NULL
    )
    SELECT count(*)::INTEGER AS sampled, sum(steal) / nullif(sum(busy + idle + steal), 0) AS share,
      max(share) AS worst, arg_max(at_s, share) AS at
    FROM shares`,
  row,
  judge({ sampled, share, worst, at }) {
    if (sampled === 0 || share === null) {
      return unknown("the host's load during the run was not sampled");
    }
    return judged({
      figure: share,
      limit: limits.stealShare,
      unit: "of the host's CPU time",
      explanation:
        share === 0
          ? "no hypervisor took CPU time from the host"
          : `the hypervisor kept ${percentText(share)} of its CPU time from the host, most, ` +
            `${percentText(worst ?? 0)}, at ${secondsText(at ?? 0)}`,
    });
  },
});
