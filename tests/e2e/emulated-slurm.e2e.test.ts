import { emulatedSuite } from "./emulated-suite";

emulatedSuite("slurm", {
  missing: "",
  controllerMemory: "512MiB",
  domainMemory: "1GiB",
  tooLarge: /Requested node configuration is not available|More processors requested/,
  limitLagSeconds: 32,
});
