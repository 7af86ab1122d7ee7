"""The figures of job_figures (run, users, queues, accounts, QOS) with pandas, as a notebook would compute them.

Usage: metrics_pandas.py STORE RUN ROUNDS  ->  one JSON line {"fetch": [s], "compute": [s], "cpu": [s], "figures": {scope: {subject: {name: value}}}}
The jobs come out of the same store through DuckDB's own Python client.
"""

import json
import sys
import time

import duckdb
import numpy as np
import pandas as pd

COLUMNS = "user_name, queue, account, qos, submit_s, start_s, end_s, allocated_cores"
SCOPES = {"user": "user_name", "queue": "queue", "account": "account", "qos": "qos"}


def figures_of(group):
    wait, core_seconds = group["wait"].sum(), group["core_seconds"].sum()
    return {
        "n": group["wait"].count(),
        "mean_wait": group["wait"].mean(),
        "max_wait": group["wait"].max(),
        "mean_turnaround": group["turnaround"].mean(),
        "mean_slowdown": group["slowdown"].mean(),
        "mean_bounded_slowdown": group["bounded_slowdown"].mean(),
        "core_seconds": core_seconds,
        "normalised_wait": wait / core_seconds,
        "makespan": group["end_s"].max() - group["submit_s"].min(),
    }


def counts_of(jobs, group):
    """How many jobs there are, and how many of them lack a figure."""
    return {
        "jobs": group.size() if group is not jobs else len(jobs),
        "without_submit": group["no_submit"].sum(),
        "without_start": group["no_start"].sum(),
        "without_end": group["no_end"].sum(),
        "without_cores": group["no_cores"].sum(),
    }


def jain(values):
    return values.sum() ** 2 / (len(values) * (values**2).sum())


def compute(all_jobs, capacity, tau=10):
    all_jobs = all_jobs.assign(
        wait=all_jobs.start_s - all_jobs.submit_s,
        run=all_jobs.end_s - all_jobs.start_s,
        no_submit=all_jobs.submit_s.isna(),
        no_start=all_jobs.start_s.isna(),
        no_end=all_jobs.end_s.isna(),
        no_cores=~(all_jobs.allocated_cores > 0),
    )
    jobs = all_jobs[(all_jobs.wait >= 0) & (all_jobs.run >= 0) & (all_jobs.allocated_cores > 0)]
    turnaround = jobs.wait + jobs.run
    jobs = jobs.assign(
        turnaround=turnaround,
        slowdown=(turnaround / jobs.run).where(jobs.run > 0),
        bounded_slowdown=np.maximum(1, turnaround / np.maximum(jobs.run, tau)),
        core_seconds=jobs.allocated_cores * jobs.run,
    )
    found = {}
    for scope, column in SCOPES.items():
        counts = counts_of(all_jobs, all_jobs.groupby(column))
        found[scope] = pd.DataFrame(counts | figures_of(jobs.groupby(column)))
    run = counts_of(all_jobs, all_jobs) | figures_of(jobs)
    run["utilisation"] = run["core_seconds"] / (capacity * run["makespan"])
    users = found["user"]
    run["users"] = len(users)
    run["jain"] = jain(users["mean_bounded_slowdown"])
    run["jain_core_seconds"] = jain(users["core_seconds"])
    run["mean_normalised_wait"] = users["normalised_wait"].mean()
    run["deviation_normalised_wait"] = users["normalised_wait"].std(ddof=0)
    return found | {"run": pd.DataFrame([run], index=["run"])}


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
            found = compute(jobs, capacity)
            computes.append(time.perf_counter() - fetched)
            fetches.append(fetched - began)
            cpus.append(time.process_time() - cpu)
    figures = {scope: frame.astype(float).to_dict("index") for scope, frame in found.items()}
    result = {"fetch": fetches, "compute": computes, "cpu": cpus, "figures": figures}
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
