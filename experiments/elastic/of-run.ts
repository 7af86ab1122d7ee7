import { elasticPools } from "../../spec/elastic";
import type { JobBook } from "../run/book";
import type { RunContext } from "../run/run-context";
import { ElasticRun } from "./elastic-run";
import type { Streams } from "./provisioner";
import { provisionersOf } from "./provisioning";

/** The elastic pools of a run; undefined where all nodes stay. */
export function elasticRunOf(
  context: RunContext,
  book: JobBook,
  streams: Streams,
  onFailure: (error: unknown) => void,
): ElasticRun | undefined {
  const { handle, prepared } = context;
  const { membership, kind } = prepared.adapter;
  if (elasticPools(handle.spec.topology).size === 0) return undefined;
  if (membership === undefined) throw new Error(`nodes cannot come and go under ${kind}`);
  const provisioners = provisionersOf({ ...context, streams });
  return new ElasticRun({ ...context, membership, provisioners, book, onFailure });
}
