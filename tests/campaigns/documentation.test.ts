import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { repoRoot } from "../../base/paths";
import { planCampaign } from "../../campaigns/plan/plan";
import { campaignSchema } from "../../spec/campaign/schema";

const page = readFileSync(path.join(repoRoot, "docs", "campaigns.md"), "utf8");

describe("docs/campaigns.md", () => {
  test("has an example of nine tuples, as it says", async () => {
    const [, example = ""] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    expect((await planCampaign(parse(example), [])).tuples).toHaveLength(9);
  });

  test("has a row for every key of a campaign file", () => {
    const rows = [...page.matchAll(/^\| `([a-z]+)(?:\.[a-z]+)?` \|/gm)].map(([, key]) => key);
    expect(Object.keys(campaignSchema.shape).filter((key) => !rows.includes(key))).toEqual([]);
  });

  test("has overrides that can be applied to its example", async () => {
    const [, example = ""] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    const rows = [
      ...page.matchAll(/^\| `([+~]?[\w.]+(?:=[^`]*)?)` \| (?:Sets|Gives|The same|Adds|Takes)/gm),
    ];
    expect(rows).toHaveLength(5);
    const large = { workload: { jobs: 30 } };
    const document = parse(example);
    for (const [, override = ""] of rows) {
      const parts = { ...document.parts, large };
      const { tuples } = await planCampaign({ ...document, parts, exclude: [] }, [override]);
      expect(tuples.length).toBeGreaterThan(0);
    }
  });
});
