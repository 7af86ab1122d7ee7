import { z } from "zod";
import { flag, integer, number, strict, text } from "./fields";
import { partitionsOfUsers } from "./replay-workload";

/** MPI programs: what determines the size of each job, and who submits it. */
const mpi = {
  /** Ranks of a job, one a core; all cores of its partition when left out. */
  cores: integer(1, 16_384).optional(),
  /** Share of the memory that belongs to the job's cores. */
  memoryShare: number(0.01, 0.7).default(0.25),
  /** The first job has one rank, with which the others are compared. */
  baseline: flag().default(true),
  /** Seconds between submissions. */
  gap: number(0, 86_400).default(1),
  users: strict({
    count: integer(1, 99).default(1),
    partitions: partitionsOfUsers(),
  }).prefault({}),
};

export const mpiShapes = {
  hpl: {
    kind: z.literal("hpl"),
    ...mpi,
    /** Wanted length of a job, from which the order of the matrix follows. */
    seconds: integer(5, 86_400).default(20),
    /** The rate that a core is expected to reach; too high a guess makes the jobs longer. */
    gflopsPerCore: number(0.001, 1000).default(0.5),
    blockSize: integer(8, 512).default(64),
    threshold: number(0.001, 1000).default(16),
  },
  hpcg: {
    kind: z.literal("hpcg"),
    ...mpi,
    /** What hpcg.dat asks for; the list of the fastest machines takes 1800 or more. */
    seconds: integer(1, 86_400).default(60),
    program: strict({
      /** Holds `xhpcg`, with whatever it needs beside it. */
      directory: text(/\S/, "the path of a directory with xhpcg").optional(),
      /** Instead of a directory: where the packages of `image.packages` have it on the nodes. */
      installed: text(
        /^\/\S+$/,
        "an absolute path in the image, such as /usr/bin/xhpcg",
      ).optional(),
    }).prefault({}),
  },
};
