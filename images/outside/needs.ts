/** What a role has to be given because no Debian suite holds it. */
export interface OutsideNeeds {
  /** Environment variable that names the directory where the configuration does not. */
  readonly variable: string;
  /** Programs that run as root, whoever starts them. */
  readonly setuid: readonly string[];
}
