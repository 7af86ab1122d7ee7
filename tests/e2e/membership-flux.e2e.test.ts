import { fluxPackagesMissing, membershipOnStack } from "../contract/stack";

membershipOnStack("flux", "finish", async () => fluxPackagesMissing());
