import { readFile } from "node:fs/promises";
import { Failure } from "../../base/failure";
import { parseStackYaml, stackText } from "../../infra/stack-yaml";

/**
 * A campaign file, parsed as stack files are, so that a value means the same in both.
 * @throws Failure when it is missing, or is not YAML: with line and column.
 */
export async function readCampaignFile(file: string): Promise<unknown> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new Failure(`cannot read ${file}`, {
      cause: error,
      remedy: "name a campaign file, such as studies/quick.yaml",
    });
  }
  return parseStackYaml(file, stackText(file, bytes));
}
