"""Reads a dump of sacct with pandas as benchmarks/read-sacct.ts does, and stores the jobs in a DuckDB file.

Usage: read_sacct_pandas.py FILE STORE  ->  one JSON line {"seconds", "jobs"}
"""

import json
import re
import sys
import time

import duckdb
import numpy as np
import pandas as pd

STATES = {
    "COMPLETED": "completed",
    "FAILED": "failed",
    "CANCELLED": "cancelled",
    "TIMEOUT": "timeout",
    "NODE_FAIL": "node-failed",
    "OUT_OF_MEMORY": "out-of-memory",
    "PREEMPTED": "preempted",
}
SUFFIX = {"K": 1 / 1024, "M": 1, "G": 1024, "T": 1024**2}
UNKNOWN = ["", "Unknown", "None", "N/A", "INVALID", "None assigned"]


def seconds_of(text):
    parts = text.str.extract(r"^(?:(\d+)-)?(\d+):(\d+):(\d+)$").astype("float64")
    known = parts[[1, 2, 3]].notna().all(axis=1)
    total = parts[0].fillna(0) * 86400 + parts[1] * 3600 + parts[2] * 60 + parts[3]
    return total.where(known)


def mebibytes_of(text):
    parts = text.str.extract(r"^([0-9.]+)([KMGT])$")
    return parts[0].astype("float64") * parts[1].map(SUFFIX)


def hosts_of(text):
    match = re.fullmatch(r"([^\[\]]*)\[([-0-9,]+)\]", text)
    if match is None:
        return text.split(",")
    prefix, body = match.groups()
    names = []
    for part in body.split(","):
        first, _, last = part.partition("-")
        for number in range(int(first), int(last or first) + 1):
            names.append(prefix + str(number).zfill(len(first)))
    return names


def load(file):
    frame = pd.read_csv(file, sep="|", dtype=str, quoting=3, na_values=UNKNOWN, keep_default_na=False)
    frame = frame[~frame["JobID"].str.contains(".", regex=False)]
    times = {
        name: pd.to_datetime(frame[name], format="%Y-%m-%dT%H:%M:%S", errors="coerce")
        for name in ["Submit", "Eligible", "Start", "End"]
    }
    bad = np.zeros(len(frame), dtype=bool)
    for name, parsed in times.items():
        bad |= (parsed.isna() & frame[name].notna()).to_numpy()
    epoch = {name: parsed.astype("int64") / 1e9 for name, parsed in times.items()}
    origin = epoch["Submit"].min()
    limit = seconds_of(frame["Timelimit"])
    bad |= (limit.isna() & ~frame["Timelimit"].isin(["UNLIMITED", "Partition_Limit"])).to_numpy()
    state = frame["State"].str.split(" ").str[0].map(STATES)
    bad |= (state.isna() & frame["State"].notna()).to_numpy()
    counts = {name: pd.to_numeric(frame[name], errors="coerce") for name in ["NNodes", "NCPUS", "ReqCPUS"]}
    for name, parsed in counts.items():
        bad |= (parsed.isna() & frame[name].notna()).to_numpy()
    bad |= (times["End"] < times["Start"]).to_numpy() | (times["Start"] < times["Submit"]).to_numpy()
    memory = mebibytes_of(frame["ReqTRES"].str.extract(r"(?:^|,)mem=([^,]+)")[0])
    gpus = pd.to_numeric(frame["ReqTRES"].str.extract(r"(?:^|,)gres/gpu=(\d+)")[0])
    gpu_type = frame["ReqTRES"].str.extract(r"gres/gpu:([^=,]+)=")[0]
    lists = {text: hosts_of(text) for text in frame["NodeList"].dropna().unique()}
    repeated = frame["JobIDRaw"].duplicated(keep=False)
    if repeated.any():
        raise SystemExit("jobs with several rows are not in this benchmark")
    jobs = pd.DataFrame(
        {
            "run_id": "log",
            "job": np.arange(1, len(frame) + 1),
            "trace_job": pd.to_numeric(frame["JobIDRaw"]),
            "user_name": frame["User"],
            "queue": frame["Partition"],
            "account": frame["Account"],
            "qos": frame["QOS"],
            "requested_cores": counts["ReqCPUS"],
            "requested_nodes": counts["NNodes"],
            "requested_gpus": gpus,
            "gpu_type": gpu_type,
            "requested_memory_mib": memory,
            "submit_s": epoch["Submit"] - origin,
            "eligible_s": epoch["Eligible"] - origin,
            "start_s": epoch["Start"] - origin,
            "end_s": epoch["End"] - origin,
            "limit_s": limit,
            "allocated_cores": counts["NCPUS"],
            "nodes": frame["NodeList"].map(lists),
            "state": state,
        }
    )
    return jobs[~bad]


if __name__ == "__main__":
    began = time.perf_counter()
    jobs = load(sys.argv[1])
    with duckdb.connect(sys.argv[2]) as store:
        store.execute("CREATE TABLE jobs AS SELECT * FROM jobs")
    print(json.dumps({"seconds": time.perf_counter() - began, "jobs": len(jobs)}))
