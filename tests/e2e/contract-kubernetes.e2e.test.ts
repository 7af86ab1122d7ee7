import { existsSync } from "node:fs";
import path from "node:path";
import { imageDir } from "../../images/build";
import { isBuilt } from "../../toolchain/build";
import { kubernetesPrograms } from "../../toolchain/kubernetes";
import { contractOnStack } from "../contract/stack";

/** `npm run test:kubernetes` builds what is missing, which takes an hour on two cores. */
const always = process.env.SCHEDLAB_TEST_KUBERNETES === "always";

async function missing(): Promise<string> {
  if (always || existsSync(path.join(imageDir("kubernetes"), "manifest.json"))) return "";
  for (const { binary } of kubernetesPrograms()) {
    if (await isBuilt(binary)) continue;
    return `${binary.name} is not cached; \`npm run test:kubernetes\` builds it`;
  }
  return "";
}

contractOnStack("kubernetes", missing);
