/** Node's timers count in 32 bits: one of more than 24.8 days would fire at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Calls `work` once after `ms`, however long that is. @returns what cancels it. */
export function callAfter(ms: number, work: () => void): () => void {
  const due = performance.now() + ms;
  let timer: NodeJS.Timeout;
  const wait = () => {
    const left = due - performance.now();
    timer = left > LONGEST_TIMER_MS ? setTimeout(wait, LONGEST_TIMER_MS) : setTimeout(work, left);
  };
  wait();
  return () => clearTimeout(timer);
}
