"""Reads a dump of sacct with pandas as benchmarks/read-sacct.ts does, and stores the jobs in a DuckDB file.

Usage: read_sacct_pandas.py FILE STORE  ->  one JSON line {"seconds", "jobs"}

The same fields of the log, the same rules for what stands where another is missing, the same columns; the
benchmark compares the two tables. What is wrong with a row is kept as its field and text.
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
    "DEADLINE": "timeout",
    "NODE_FAIL": "node-failed",
    "BOOT_FAIL": "node-failed",
    "OUT_OF_MEMORY": "out-of-memory",
    "PREEMPTED": "preempted",
    "RUNNING": "running",
    "PENDING": "waiting",
}
OPEN = ["running", "waiting"]
MEBIBYTES = {"K": 1 / 1024, "M": 1, "G": 1024, "T": 1024**2}
UNKNOWN = ["", "Unknown", "None", "N/A", "INVALID", "Not Set"]
MOST = 2**31 - 1


def filled(values, otherwise):
    """The values, with those of `otherwise(rows)` for rows that have none."""
    rows = values.isna()
    if rows.any():
        values = values.copy()
        values[rows] = otherwise(rows)
    return values


def tres(texts, key):
    return texts.str.extract(rf"(?:^|,){key}=([^,]+)")[0]


def seconds_of(texts):
    parts = texts.str.extract(r"^(?:(\d+)-)?(\d+):(\d+):(\d+)$").astype("float64")
    known = parts[[1, 2, 3]].notna().all(axis=1)
    total = parts[0].fillna(0) * 86400 + parts[1] * 3600 + parts[2] * 60 + parts[3]
    return total.where(known)


def mebibytes_of(texts):
    parts = texts.str.extract(r"^([0-9.]+)([KMGT])$")
    return parts[0].astype("float64") * parts[1].map(MEBIBYTES)


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


class Checks:
    """What is wrong with each row: the first field that has a text but no value, and the text."""

    def __init__(self, rows):
        self.wrong = pd.Series(None, index=rows, dtype=object)

    def field(self, name, texts, values, nulls=(), most=np.inf):
        wrong = (values.isna() & texts.notna()) | (values < 0) | (values > most)
        if nulls:
            wrong &= ~texts.isin(nulls)
        self.rows(name, wrong, texts)

    def rows(self, name, wrong, texts):
        wrong &= self.wrong.isna()
        if wrong.any():
            self.wrong[wrong] = name + ": " + texts[wrong].fillna("unknown")


def load(file):
    frame = pd.read_csv(file, sep="|", dtype=str, quoting=3, na_values=UNKNOWN, keep_default_na=False)
    if frame["Cluster"].nunique() > 1:
        raise SystemExit("a dump of several clusters")
    steps = frame["JobID"].str.contains(".", regex=False)
    frame = frame[~steps]
    checks = Checks(frame.index)

    moments = {}
    for name in ["Submit", "Eligible", "Start", "End"]:
        parsed = pd.to_datetime(frame[name], format="%Y-%m-%dT%H:%M:%S", errors="coerce")
        moments[name] = (parsed.astype("int64") / 1e9).where(parsed.notna())
        checks.field(name, frame[name], moments[name])
    submit, eligible, end = moments["Submit"], moments["Eligible"], moments["End"]
    state = frame["State"].str.split(" ").str[0].str.upper().map(STATES)
    checks.rows("State", state.isna() & frame["State"].notna(), frame["State"])
    idle = frame["NodeList"] == "None assigned"
    idle |= frame["NodeList"].isna() & frame["State"].str.startswith("CANCELLED").eq(True) & (moments["Start"] == end)
    start = moments["Start"].mask(idle)
    elapsed = filled(pd.Series(np.nan, index=frame.index).mask(end.notna(), 0), lambda rows: seconds_of(frame["Elapsed"][rows]))
    end = end.fillna(start + elapsed)
    checks.rows("Submit", submit.isna(), frame["Submit"])
    checks.rows("ends early", end < start, frame["End"])
    checks.rows("starts early", start < submit - 1, frame["Start"])
    submit = submit.mask((start < submit) & (submit - start <= 1), start)
    eligible = eligible.mask((start < eligible) & (eligible - start <= 1), start)
    checks.rows("too late", np.fmax(np.fmax(submit, start), end) > 7_258_118_400, frame["Submit"])

    asked, given = frame["ReqTRES"], frame["AllocTRES"]
    numbers = {}
    texts = {
        "ReqCPUS": filled(filled(frame["ReqCPUS"], lambda rows: tres(asked[rows], "cpu")), lambda rows: frame["NCPUS"][rows]),
        "NCPUS": filled(frame["NCPUS"], lambda rows: tres(given[rows], "cpu")).mask(idle),
        "NNodes": filled(frame["NNodes"], lambda rows: tres(given[rows], "node")),
        "nodes": tres(asked, "node"),
        "gpus": filled(tres(asked, "gres/gpu"), lambda rows: tres(given[rows], "gres/gpu")),
    }
    for name, text in texts.items():
        numbers[name] = pd.to_numeric(text, errors="coerce")
        checks.field(name, text, numbers[name], most=MOST)
    nodes = numbers["nodes"].fillna(numbers["NNodes"]).mask((numbers["nodes"] == 1) & (numbers["NNodes"] > 1))
    gpu_type = asked.str.extract(r"gres/gpu:([^=,]+)=")[0]
    unasked = ~asked.str.contains("gres/gpu", regex=False).eq(True)
    gpu_type = gpu_type.mask(unasked, given.where(unasked).str.extract(r"gres/gpu:([^=,]+)=")[0])
    memory_text = tres(asked, "mem")
    memory = mebibytes_of(memory_text)
    checks.field("mem", memory_text, memory)
    per = frame["ReqMem"].str[-1]
    each = filled(memory, lambda rows: mebibytes_of(frame["ReqMem"][rows].str.rstrip("nc")))
    times = pd.Series(1, index=frame.index, dtype="float64")
    times = times.mask(memory_text.isna() & (per == "n"), numbers["NNodes"])
    times = times.mask(memory_text.isna() & (per == "c"), numbers["ReqCPUS"])
    memory = (each * times).replace(0, np.nan)
    limit = seconds_of(frame["Timelimit"])
    checks.field("Timelimit", frame["Timelimit"], limit, ["UNLIMITED", "Partition_Limit"])

    ids = frame["JobID"]
    arrays = ids.str.contains("[_+]", regex=True)
    if arrays.any() or frame["JobIDRaw"].duplicated().any():
        raise SystemExit("arrays and jobs with several rows are not in this benchmark")
    lists = {text: hosts_of(text) for text in frame["NodeList"].dropna().unique() if text != "None assigned"}
    origin = np.floor(submit.min())
    jobs = pd.DataFrame(
        {
            "run_id": "log",
            "job": np.arange(1, len(frame) + 1),
            "trace_job": pd.to_numeric(frame["JobIDRaw"]),
            "scheduler_job": ids.where(ids != frame["JobIDRaw"]),
            "user_name": frame["User"],
            "queue": frame["Partition"].where(~frame["Partition"].str.contains(",", regex=False), frame["Partition"].str.split(",").str[0]),
            "account": frame["Account"],
            "qos": frame["QOS"],
            "requested_cores": numbers["ReqCPUS"],
            "requested_nodes": nodes,
            "requested_gpus": numbers["gpus"],
            "gpu_type": gpu_type,
            "requested_memory_mib": memory,
            "planned_submit_s": submit - origin,
            "planned_run_s": (end - start).round(6),
            "submit_s": (submit - origin).round(6),
            "eligible_after_s": (eligible - submit).round(6),
            "start_s": (start - origin).round(6),
            "end_s": (end - origin).round(6).where(start.notna()),
            "limit_s": limit,
            "allocated_cores": numbers["NCPUS"].where(start.notna()).replace(0, np.nan),
            "nodes": frame["NodeList"].map(lists),
            "state": state.mask(state.isin(OPEN)),
        }
    )
    wrong = checks.wrong.notna()
    if wrong.any():
        raise SystemExit("\n".join(checks.wrong[wrong].head(10)))
    return jobs


if __name__ == "__main__":
    began = time.perf_counter()
    jobs = load(sys.argv[1])
    with duckdb.connect(sys.argv[2]) as store:
        store.execute("CREATE TABLE jobs AS SELECT * FROM jobs")
    print(json.dumps({"seconds": time.perf_counter() - began, "jobs": len(jobs)}))
