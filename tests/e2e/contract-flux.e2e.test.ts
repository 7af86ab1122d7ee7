import { contractOnStack } from "../contract/stack";

const variable = "SCHEDLAB_FLUX_PACKAGES";

contractOnStack("flux", async () =>
  process.env[variable] ? "" : `no packages of Flux's are configured: ${variable} is not set`,
);
