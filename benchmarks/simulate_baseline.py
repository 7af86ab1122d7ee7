"""EASY backfilling with plain lists, as a first version is written: every event scans the queue.

Usage: simulate_baseline.py FILE.swf PROCS  ->  one JSON line {"seconds", "starts"}
"seconds" is CPU time. The same rules as analysis/simulate (docs/simulation.md), so that the starts can be compared.
"""

import json
import sys
import time


def read(path, procs):
    jobs = []
    with open(path) as log:
        for line in log:
            if line.startswith(";") or not line.strip():
                continue
            field = [int(float(token)) for token in line.split()]
            size = field[4] if field[4] > 0 else field[7]
            if field[3] > 0 and 0 < size <= procs:
                jobs.append((field[1], field[0], size, field[3], max(field[8], field[3])))
    return sorted(jobs)


def easy(jobs, procs):
    starts = [None] * len(jobs)
    queue, running, free, arrived = [], [], procs, 0
    while arrived < len(jobs) or queue or running:
        instants = [end for end, _, _ in running]
        if arrived < len(jobs):
            instants.append(jobs[arrived][0])
        now = min(instants)
        free += sum(size for end, _, size in running if end == now)
        running = [entry for entry in running if entry[0] != now]
        while arrived < len(jobs) and jobs[arrived][0] == now:
            queue.append(arrived)
            arrived += 1

        shadow = extra = None
        waiting = []
        for index in queue:
            _, _, size, run, estimate = jobs[index]
            if shadow is None and size > free:
                available = free
                shadow = now
                for expected, _, held in sorted((entry[1], entry[0], entry[2]) for entry in running):
                    if available >= size and expected > shadow:
                        break
                    available += held
                    shadow = expected
                extra = available - size
                waiting.append(index)
            elif size <= free and (shadow is None or now + estimate <= shadow or size <= extra):
                if shadow is not None and now + estimate > shadow:
                    extra -= size
                free -= size
                starts[index] = now
                running.append((now + run, now + estimate, size))
            else:
                waiting.append(index)
        queue = waiting
    return starts


if __name__ == "__main__":
    workload = read(sys.argv[1], int(sys.argv[2]))
    began = time.process_time()
    result = easy(workload, int(sys.argv[2]))
    print(json.dumps({"seconds": time.process_time() - began, "starts": result}))
