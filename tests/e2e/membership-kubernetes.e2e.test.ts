import { kubernetesProgramsMissing, membershipOnStack } from "../contract/stack";

membershipOnStack("kubernetes", "requeue", kubernetesProgramsMissing);
