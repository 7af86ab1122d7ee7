"""The run, user and queue figures of docs/metrics.md with pandas, as a notebook would compute them.

Usage: metrics_pandas.py STORE RUN ROUNDS  ->  one JSON line {"fetch": [s], "compute": [s], "cpu": [s], "figures"}
The jobs come out of the same store through DuckDB's own Python client.
"""

import json
import sys
import time

import duckdb
import numpy as np

COLUMNS = "user_name, queue, submit_s, start_s, end_s, allocated_cores"


def figures_of(group):
    return {
        "n": group["wait"].count(),
        "mean_wait": group["wait"].mean(),
        "max_wait": group["wait"].max(),
        "mean_turnaround": group["turnaround"].mean(),
        "mean_slowdown": group["slowdown"].mean(),
        "mean_bounded_slowdown": group["bounded_slowdown"].mean(),
        "core_seconds": group["core_seconds"].sum(),
    }


def compute(jobs, capacity, tau=10):
    jobs = jobs.assign(wait=jobs.start_s - jobs.submit_s, run=jobs.end_s - jobs.start_s)
    jobs = jobs[(jobs.wait >= 0) & (jobs.run >= 0) & (jobs.allocated_cores > 0)]
    turnaround = jobs.wait + jobs.run
    jobs = jobs.assign(
        turnaround=turnaround,
        slowdown=(turnaround / jobs.run).where(jobs.run > 0),
        bounded_slowdown=np.maximum(1, turnaround / np.maximum(jobs.run, tau)),
        core_seconds=jobs.allocated_cores * jobs.run,
    )
    users = figures_of(jobs.groupby("user_name"))
    queues = figures_of(jobs.groupby("queue"))
    run = figures_of(jobs)
    x = users["mean_bounded_slowdown"]
    run["makespan"] = jobs.end_s.max() - jobs.submit_s.min()
    run["utilisation"] = run["core_seconds"] / (capacity * run["makespan"])
    run["users"] = len(x)
    run["jain"] = x.sum() ** 2 / (len(x) * (x**2).sum())
    return run, users, queues


def main(store, run_id, rounds):
    fetches, computes, cpus = [], [], []
    with duckdb.connect(store, read_only=True) as connection:
        (capacity,) = connection.execute(
            "SELECT capacity_cores FROM runs WHERE run_id = $1", [run_id]
        ).fetchone()
        for _ in range(rounds):
            cpu, began = time.process_time(), time.perf_counter()
            jobs = connection.execute(f"SELECT {COLUMNS} FROM jobs WHERE run_id = $1", [run_id]).df()
            fetched = time.perf_counter()
            run, _, _ = compute(jobs, capacity)
            computes.append(time.perf_counter() - fetched)
            fetches.append(fetched - began)
            cpus.append(time.process_time() - cpu)
    figures = {name: float(value) for name, value in run.items()}
    result = {"fetch": fetches, "compute": computes, "cpu": cpus, "figures": figures}
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
