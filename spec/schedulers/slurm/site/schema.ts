import { z } from "zod";
import { named, strict, text } from "../../../fields";
import { userName } from "../../../users";
import { siteFileContents, siteFilePath } from "../../site-files";

/**
 * The site's own configuration in the place of `scheduler.policy`. Relative paths start at the project. When a
 * stack or campaign file is read, the content of the files comes into the place of their paths.
 */
export const slurmSiteSchema = strict({
  /** With slurm.conf and its companions under their usual names. */
  directory: siteFilePath(),
  configFile: siteFilePath(),
  gresFile: siteFilePath(),
  topologyFile: siteFilePath(),
  cgroupFile: siteFilePath(),
  acctGatherFile: siteFilePath(),
  jobSubmitFile: siteFilePath(),
  /** The output of `sacctmgr dump`. */
  accountingDump: siteFilePath(),
  /** The output of `sacctmgr -P show qos`, which no dump has. */
  qosFile: siteFilePath(),
  /** Settings over those of slurm.conf; an empty one takes the file's away. */
  set: named(
    /^[A-Za-z]\w{0,60}$/,
    "a key of slurm.conf",
    z.preprocess(
      // YAML has numbers and truth values where Slurm has words.
      (value) => (typeof value === "number" || typeof value === "boolean" ? String(value) : value),
      text(/^[^"\n\r]*$/, "a value in one line without double quotes"),
    ),
  ).optional(),
  /** Who stands for users of the site; the others take turns. */
  users: named(
    /^[\w.@-]{1,64}$/,
    "the name of a user of the site",
    text(userName, 'a user such as "user01"'),
  ).optional(),
  files: siteFileContents(),
});
