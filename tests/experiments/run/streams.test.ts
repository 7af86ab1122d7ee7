import { describe, expect, test } from "vitest";
import { type FakeChannel, FakeExecutor } from "../../../experiments/remote/fake";
import { NodeStreams } from "../../../experiments/run/streams";
import { fakeHandle } from "./fake-slurm";

const line = (job: number) =>
  JSON.stringify({
    job,
    schedulerJob: "41",
    event: "start",
    us: 1,
    nodes: "node01",
    nodeCores: "1",
    exitCode: null,
  });

async function scene() {
  const executor = new FakeExecutor();
  const jobs: number[] = [];
  const warnings: string[] = [];
  const lost: string[] = [];
  const cpu: number[] = [];
  const streams = await NodeStreams.open(
    executor,
    fakeHandle(1).cluster.nodes,
    { directory: "/run", sampleSeconds: 1 },
    {
      wrapper: ({ job }) => jobs.push(job),
      sample: ({ cpuUsageUsec }) => cpu.push(cpuUsageUsec),
      warning: (text) => warnings.push(text),
      lostNode: (node) => lost.push(node),
      failure: (error) => {
        throw error;
      },
    },
  );
  const events = () => executor.channels.filter(({ command }) => command.includes("tail"));
  const samples = () => executor.channels.filter(({ command }) => command.includes("cpu.stat"));
  return { executor, streams, jobs, warnings, lost, cpu, events, samples };
}

const last = (channels: FakeChannel[]) => channels.at(-1);

describe("the streams of a node that leaves and comes back", () => {
  test("go on behind what was read, without a warning", async () => {
    const { executor, streams, jobs, warnings, events } = await scene();
    const size = line(1).length + 1;
    executor.when(/stat -c/, { stdout: `${size}\n` });
    last(events())?.emit(line(1));
    await streams.pause("node01");
    const before = executor.channels.length;
    await streams.resume("node01");
    expect(last(events())?.command).toContain(`tail -c +${size + 1} `);
    // A sampler and a stream of events.
    expect(executor.channels.length - before).toBe(2);
    last(events())?.emit(line(2));
    expect(jobs).toEqual([1, 2]);
    expect(warnings).toEqual([]);
    streams.close();
  });

  test("count on its CPU time, which begins anew when it boots", async () => {
    const { streams, cpu, samples } = await scene();
    last(samples())?.emit("1000 500 - 0.5", "2000 700 - 0.5");
    await streams.pause("node01");
    await streams.resume("node01");
    last(samples())?.emit("9000 20 - 0.5", "9500 30 - 0.5");
    expect(cpu).toEqual([500, 700, 720, 730]);
    streams.close();
  });

  test("end only when all that the node has written is read", async () => {
    const { executor, streams, jobs, events } = await scene();
    executor.when(/stat -c/, { stdout: `${line(1).length + 1}\n` });
    const paused = streams.pause("node01");
    setTimeout(() => last(events())?.emit(line(1)), 100);
    await paused;
    expect(jobs).toEqual([1]);
    streams.close();
  });

  test("are asked for again when one of the two could not be opened, and nothing is missed", async () => {
    for (const refused of ["cpu.stat", "tail"]) {
      const { executor, streams, jobs, events, samples } = await scene();
      const size = line(1).length + 1;
      executor.when(/stat -c/, { stdout: `${size}\n` });
      last(events())?.emit(line(1));
      await streams.pause("node01");
      executor.refused = (_, command) => command.includes(refused);
      await expect(streams.resume("node01")).rejects.toThrow("no SSH connection");
      executor.refused = () => false;
      await streams.resume("node01");
      expect(last(events())?.command).toContain(`tail -c +${size + 1} `);
      last(events())?.emit(line(2));
      expect(jobs).toEqual([1, 2]);
      expect(samples().filter(({ host, over }) => host === "node01" && !over)).toHaveLength(1);
      streams.close();
    }
  });

  test("end at once for a node that is out of reach, and both acts can be repeated", async () => {
    const { executor, streams, warnings, lost } = await scene();
    executor.down.add("node01");
    await streams.pause("node01");
    await streams.pause("node01");
    await expect(streams.resume("node01")).rejects.toThrow("no SSH connection");
    executor.down.delete("node01");
    await streams.resume("node01");
    await streams.resume("node01");
    expect([...warnings, ...lost]).toEqual([]);
    streams.close();
  });
});
