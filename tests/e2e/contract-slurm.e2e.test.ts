import { contractOnStack } from "../contract/stack";

contractOnStack("slurm");
