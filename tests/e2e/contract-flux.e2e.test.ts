import { contractOnStack, fluxPackagesMissing } from "../contract/stack";

contractOnStack("flux", async () => fluxPackagesMissing());
