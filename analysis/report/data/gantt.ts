import type { ReportJob, ReportRun } from "./run";

/** A job's hold of neighbouring cores of one node, in seconds since the first submission. */
export interface Bar {
  readonly job: ReportJob;
  readonly node: string;
  readonly from: number;
  readonly to: number;
  /** First lane and number of lanes, over all nodes. */
  readonly lane: number;
  readonly lanes: number;
}

/** Busy share of a group of nodes in one interval, for schedules with too many bars to see. */
export interface Cell {
  readonly nodes: string;
  readonly row: number;
  readonly from: number;
  readonly to: number;
  /** 0..1; more where jobs share cores. */
  readonly share: number;
}

export interface GanttRow {
  readonly label: string;
  readonly from: number;
  readonly to: number;
}

export type Gantt = { readonly span: number; readonly rows: readonly GanttRow[] } & (
  | { readonly kind: "bars"; readonly bars: readonly Bar[] }
  | {
      readonly kind: "cells";
      readonly cells: readonly Cell[];
      readonly jobs: number;
      /** What a cell sums up: at most so many nodes, and so many seconds. */
      readonly nodesPerRow: number;
      readonly secondsPerColumn: number;
    }
);

/** More bars or lanes than this cannot be told apart. */
export const maxBars = 1000;
export const maxLanes = 256;
const maxRows = 48;
const cellColumns = 96;

interface PlacedJob {
  readonly job: ReportJob;
  readonly nodes: readonly string[];
  readonly from: number;
  readonly to: number;
  /** On each of the nodes. */
  readonly cores: number;
}

/** A job on one of its nodes. */
interface Placed extends Omit<PlacedJob, "nodes"> {
  readonly node: string;
}

/**
 * Jobs on nodes. How a job's cores are spread over its nodes is not recorded: an equal spread is
 * assumed, and the lanes within a node are chosen here. Returns a reason where this cannot be drawn.
 */
export function gantt(run: ReportRun): Gantt | string {
  const origin = run.jobs.reduce(
    (least, { submit, start }) => Math.min(least, submit ?? start ?? least),
    Number.POSITIVE_INFINITY,
  );
  const known = run.jobs.flatMap((job) => placedJob(job, origin));
  if (known.length === 0) return "no job's nodes, start and end are all known";
  const span = known.reduce((latest, { to }) => Math.max(latest, to), 0);
  const sizes = nodeSizes(run, known);
  const lanes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const bars = known.reduce((sum, { nodes }) => sum + nodes.length, 0);
  if (bars > maxBars || lanes > maxLanes) return { span, ...cellsOf(known, sizes, span) };
  const placed = known
    .flatMap(({ nodes, ...rest }) => nodes.map((node): Placed => ({ node, ...rest })))
    .sort((one, other) => one.from - other.from || one.job.job - other.job.job);
  return { span, ...barsOf(placed, sizes) };
}

/** None where its times, nodes or cores are not known. Seconds since `origin`. */
function placedJob(job: ReportJob, origin: number): PlacedJob[] {
  const { start, end, nodes, cores } = job;
  if (start === null || end === null || nodes === null || cores === null) return [];
  return [{ job, nodes, from: start - origin, to: end - origin, cores: cores / nodes.length }];
}

function nodeSizes(run: ReportRun, placed: readonly PlacedJob[]): Map<string, number> {
  const sizes = new Map(run.nodes.map(({ node, vcpus }) => [node, vcpus ?? 1]));
  for (const { nodes, cores } of placed) {
    for (const node of nodes) if (!sizes.has(node)) sizes.set(node, Math.ceil(cores));
  }
  return new Map([...sizes].sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true })));
}

function barsOf(placed: readonly Placed[], sizes: ReadonlyMap<string, number>) {
  const rows: GanttRow[] = [];
  const found: Bar[] = [];
  let base = 0;
  for (const [node, size] of sizes) {
    /** When each lane of the node is free again; grows where more jobs run than it has cores. */
    const free: number[] = new Array(size).fill(Number.NEGATIVE_INFINITY);
    for (const place of placed.filter((entry) => entry.node === node)) {
      for (const [lane, lanes] of takeLanes(free, place)) {
        const { job, from, to } = place;
        found.push({ job, node, from, to, lane: base + lane, lanes });
      }
    }
    rows.push({ label: node, from: base, to: base + free.length });
    base += free.length;
  }
  return { kind: "bars" as const, bars: found, rows };
}

/** Takes the lowest free lanes; returns groups of neighbouring lanes as [first, count]. */
function takeLanes(free: number[], { from, to, cores }: Placed): [number, number][] {
  const runs: [number, number][] = [];
  let missing = Math.max(1, Math.ceil(cores));
  for (let lane = 0; missing > 0; lane += 1) {
    if ((free[lane] ?? Number.NEGATIVE_INFINITY) > from) continue;
    free[lane] = to;
    missing -= 1;
    const last = runs.at(-1);
    if (last !== undefined && last[0] + last[1] === lane) last[1] += 1;
    else runs.push([lane, 1]);
  }
  return runs;
}

function cellsOf(placed: readonly PlacedJob[], sizes: ReadonlyMap<string, number>, span: number) {
  const names = [...sizes.keys()];
  const perRow = Math.ceil(names.length / maxRows);
  const rowOf = new Map(names.map((name, index) => [name, Math.floor(index / perRow)]));
  const width = span / cellColumns;
  const busy = Array.from({ length: Math.ceil(names.length / perRow) }, (_, row) => {
    const nodes = names.slice(row * perRow, (row + 1) * perRow);
    const label = rangeLabel(nodes[0] ?? "", nodes.at(-1) ?? "");
    const cores = nodes.reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
    return { label, cores, seconds: new Float64Array(cellColumns) };
  });
  for (const { nodes, from, to, cores } of placed) {
    const last = Math.min(cellColumns - 1, Math.floor(to / width));
    for (const node of nodes) {
      const seconds = busy[rowOf.get(node) ?? 0]?.seconds;
      if (seconds === undefined) continue;
      for (let column = Math.floor(from / width); column <= last; column += 1) {
        const overlap = Math.min(to, (column + 1) * width) - Math.max(from, column * width);
        seconds[column] = (seconds[column] ?? 0) + cores * Math.max(0, overlap);
      }
    }
  }
  return {
    kind: "cells" as const,
    jobs: placed.length,
    nodesPerRow: perRow,
    secondsPerColumn: width,
    rows: busy.map(({ label }, row) => ({ label, from: row, to: row + 1 })),
    cells: busy.flatMap(({ label, cores, seconds }, row) =>
      [...seconds].flatMap((second, column) => {
        const share = second / (cores * width);
        if (!(share > 0)) return [];
        return [{ nodes: label, row, from: column * width, to: (column + 1) * width, share }];
      }),
    ),
  };
}

/** `node01-0001–0021`: the last name without what both begin with, numbers being whole. */
function rangeLabel(first: string, last: string): string {
  if (first === last) return first;
  let common = 0;
  while (common < last.length && first[common] === last[common]) common += 1;
  while (common > 0 && /\d/.test(last[common - 1] ?? "")) common -= 1;
  return `${first}–${last.slice(common)}`;
}
