import { contractOnStack, kubernetesProgramsMissing } from "../contract/stack";

contractOnStack("kubernetes", kubernetesProgramsMissing);
