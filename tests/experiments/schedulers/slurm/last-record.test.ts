import { expect, test, vi } from "vitest";
import {
  type CompletionRecord,
  parseCompletion,
} from "../../../../experiments/schedulers/slurm/completion";
import { LastRecords } from "../../../../experiments/schedulers/slurm/last-record";

function record(state: string): CompletionRecord {
  const parsed = parseCompletion(
    `JobId=41 Name=schedlab-20261121T233000Z-k3f9qa-1-1 JobState=${state} NodeList=node01 ProcCnt=1 ` +
      "SubmitTime=2026-11-21T23:30:00 EligibleTime=2026-11-21T23:30:00 " +
      "StartTime=2026-11-21T23:30:01 EndTime=2026-11-21T23:30:05 ExitCode=0:0",
  );
  if (parsed === null) throw new Error("no record");
  return parsed;
}

function lastRecords(states: Readonly<Record<string, string>>) {
  const deliver = vi.fn<(last: CompletionRecord) => void>();
  const former = vi.fn<(earlier: CompletionRecord) => void>();
  const records = new LastRecords({
    deliver,
    former,
    states: async () => new Map(Object.entries(states)),
    warn: () => {},
    askAfterMs: 1,
  });
  return { records, deliver, former };
}

test("a job that was put back after its node failed has not ended: its record is a former one", async () => {
  const { records, deliver, former } = lastRecords({ 41: "PENDING" });
  records.record(record("NODE_FAIL"));
  await vi.waitFor(() => expect(former).toHaveBeenCalledTimes(1));
  expect(deliver).not.toHaveBeenCalled();
  records.record(record("COMPLETED"));
  expect(deliver).toHaveBeenCalledTimes(1);
  records.close();
});

test("a job whose node failed and that was not put back has ended", async () => {
  const { records, deliver, former } = lastRecords({});
  records.record(record("NODE_FAIL"));
  await vi.waitFor(() => expect(deliver).toHaveBeenCalledTimes(1));
  expect(former).not.toHaveBeenCalled();
  records.close();
});

test("a job that was put back by hand is logged as pending, and has not ended", async () => {
  const { records, deliver, former } = lastRecords({ 41: "PENDING" });
  records.record(record("PENDING"));
  await vi.waitFor(() => expect(former).toHaveBeenCalledTimes(1));
  expect(deliver).not.toHaveBeenCalled();
  records.close();
});

test("a later record shows that the one before it was a former one", () => {
  const { records, deliver, former } = lastRecords({ 41: "COMPLETING" });
  records.record(record("PREEMPTED"));
  records.record(record("COMPLETED"));
  expect(former).toHaveBeenCalledTimes(1);
  expect(deliver).toHaveBeenCalledTimes(1);
  records.close();
});
