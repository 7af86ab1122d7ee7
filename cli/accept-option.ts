import { Option } from "commander";
import { checkNames } from "../experiments/audit/names";

/** For the commands that compare runs. */
export function acceptOption(): Option {
  return new Option(
    "--accept <check...>",
    "compare runs although they failed these checks of their audit",
  ).choices(checkNames);
}
