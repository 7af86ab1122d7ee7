/**
 * Parameters of the Lublin–Feitelson model from three fits: batch jobs, interactive jobs, and all jobs
 * without regard to their type. Source: Lublin, Feitelson, JPDC 63(11), 2003, and the authors' program.
 */
export interface LublinParameters {
  /** Share of jobs of one processor, and of those whose size is made a power of two. */
  readonly serial: number;
  readonly powerOfTwo: number;
  /** Two-stage uniform log2 of the size: low..medium with probability `lower`, else medium..high. */
  readonly size: {
    readonly low: number;
    readonly medium: number;
    /** null: log2 of the machine's processors. */
    readonly high: number | null;
    readonly lower: number;
  };
  /** Hyper-gamma ln(run time); the first gamma's probability is slope · size + offset. */
  readonly run: {
    readonly shape1: number;
    readonly scale1: number;
    readonly shape2: number;
    readonly scale2: number;
    readonly slope: number;
    readonly offset: number;
  };
  /** Gamma ln(gap) in the rush hours; `ratio` turns its shape into that of the whole day. */
  readonly gap: { readonly shape: number; readonly scale: number; readonly ratio: number };
  /** Gamma over the half hours of the day: when the jobs arrive. */
  readonly day: { readonly shape: number; readonly scale: number };
}

export const lublinTypes = ["batch", "interactive", "typeless"] as const;
export type LublinType = (typeof lublinTypes)[number];

export const lublinParameters: Readonly<Record<LublinType, LublinParameters>> = {
  batch: {
    serial: 0.2927,
    powerOfTwo: 0.6686,
    size: { low: 1.2, medium: 5, high: null, lower: 0.875 },
    run: {
      shape1: 6.57,
      scale1: 0.823,
      shape2: 639.1,
      scale2: 0.0156,
      slope: -0.003,
      offset: 0.6986,
    },
    gap: { shape: 6.0415, scale: 0.8531, ratio: 1.0519 },
    day: { shape: 6.1271, scale: 5.274 },
  },
  interactive: {
    serial: 0.1541,
    powerOfTwo: 0.625,
    size: { low: 1, medium: 3, high: 5.5, lower: 0.705 },
    run: {
      shape1: 3.8351,
      scale1: 0.6605,
      shape2: 7.073,
      scale2: 0.6856,
      slope: -0.0118,
      offset: 0.9156,
    },
    gap: { shape: 6.551, scale: 0.6621, ratio: 0.9797 },
    day: { shape: 8.9186, scale: 3.668 },
  },
  typeless: {
    serial: 0.244,
    powerOfTwo: 0.576,
    size: { low: 0.8, medium: 4.5, high: 7, lower: 0.86 },
    run: { shape1: 4.2, scale1: 0.94, shape2: 312, scale2: 0.03, slope: -0.0054, offset: 0.78 },
    gap: { shape: 10.2303, scale: 0.4871, ratio: 1.0225 },
    day: { shape: 8.1737, scale: 3.9631 },
  },
};
