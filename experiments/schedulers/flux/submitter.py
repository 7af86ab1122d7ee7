# One lane of a user: runs on the controller as that user for as long as its standard input is open.
# Arguments: the run's directory, the lane's number, and the file of the broker's clock, which is there where
# that is not the host's. One submission a line (key, blank, jobspec with its newlines escaped), one answer a
# line. All lines that are there are handed to Flux together, which takes many jobs in the time of one; then
# their answers are awaited.
#
# A submission is handed to Flux by whoever makes the file claims/KEY, once: a line that comes late or
# twice, over whatever connection, finds it made. The file then holds the time of the call and, once it
# is there, the answer: it outlives the connection.
import json
import os
import re
import sys
import time

import flux
import flux.job

AT_ONCE_BYTES = 1 << 16

directory, lane, clock = sys.argv[1:4]


# What ends the lane ends its process group. The start of the group's first process tells it from a later
# group of the same number.
def start_of(process):
    with open(f"/proc/{process}/stat", encoding="utf-8") as file:
        return file.read().rpartition(") ")[2].split()[19]


def batches():
    """The lines of standard input, as many at once as there are."""
    rest = b""
    while block := os.read(0, AT_ONCE_BYTES):
        *lines, rest = (rest + block).split(b"\n")
        yield [line.decode() for line in lines]


def claim(key):
    """Whether the submission is ours to hand over; another line of it may have been first."""
    try:
        with open(f"{directory}/claims/{key}", "x", encoding="utf-8") as file:
            file.write(f"{time.time():.6f}\n")
    except OSError:
        return False
    return True


def parse(line):
    """The key and the jobspec of a line."""
    key, _, escaped = line.partition(" ")
    return key, re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), escaped)


def broker_time():
    """Seconds since the epoch by the broker's clock."""
    try:
        with open(clock, encoding="utf-8") as file:
            factor, origin = map(float, file.read().split()[:2])
    except FileNotFoundError:
        return time.time()
    return origin + (time.time() - origin) * factor


def complete(jobspec):
    """The jobspec as Flux takes it, and the options of the call. Our own attributes say what is given
    beside it, and from when on the job may start, which is known only now."""
    if '"schedlab":{' not in jobspec:
        return jobspec, {}
    spec = json.loads(jobspec)
    attributes = spec["attributes"]
    own = attributes.get("user", {}).get("schedlab", {})
    if "beginAfter" in own:
        begin = {"scheme": "begin-time", "value": f"{broker_time() + own['beginAfter']:.3f}"}
        attributes["system"].setdefault("dependencies", []).append(begin)
    return json.dumps(spec), {"urgency": own["urgency"]} if "urgency" in own else {}


def text_of(error):
    return " ".join((getattr(error, "strerror", None) or str(error)).split())


def answer(key, before, code, text):
    """The exit code and the text are those that a submit command would have."""
    words = f"{before:.6f} {time.time():.6f} {code} {text}"
    with open(f"{directory}/claims/{key}", "a", encoding="utf-8") as file:
        file.write(f"{words}\n")
    print(f"{key} {words}", flush=True)


# Flux's own errors are OSErrors; whatever else a call may raise must not cost the other submissions
# their answers.
def begin(handle, jobspec):
    """A call under way, or the error with which it could not begin."""
    try:
        whole, options = complete(jobspec)
        return flux.job.submit_async(handle, whole, **options)
    except Exception as error:
        return error


def end(call):
    """The job's id, or the error."""
    if isinstance(call, Exception):
        return call
    try:
        return call.get_id().f58plain
    except Exception as error:
        return error


def hand_over(handle, jobs):
    """Answers for all jobs. False when one failed: the connection may be of no use any more."""
    calls = [(key, time.time(), begin(handle, jobspec)) for key, jobspec in jobs]
    whole = True
    for key, before, call in calls:
        result = end(call)
        failed = isinstance(result, Exception)
        answer(key, before, int(failed), text_of(result) if failed else result)
        whole = whole and not failed
    return whole


group = os.getpgid(0)
with open(f"{directory}/lanes/{lane}", "x", encoding="utf-8") as file:
    file.write(f"{group} {start_of(group)}\n")
handle = None
for lines in batches():
    jobs, others = [], []
    for key, jobspec in map(parse, lines):
        if claim(key):
            jobs.append((key, jobspec))
        else:
            others.append(key)
    before = time.time()
    try:
        handle = handle or flux.Flux()
    except OSError as error:
        for key, _ in jobs:
            answer(key, before, 1, f"cannot reach the broker: {text_of(error)}")
    else:
        if not hand_over(handle, jobs):
            handle = None
    # After the answers, for the line that was first may be one of these.
    for key in others:
        print(f"{key} claimed", flush=True)
