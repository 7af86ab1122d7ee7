# One lane of a user: runs on the controller as that user for as long as its standard input is open.
# Arguments: the run's directory, and the lane's number. One submission a line (key, blank, jobspec with
# its newlines escaped), one answer a line.
#
# A submission is handed to Flux by whoever makes the file claims/KEY, once: a line that comes late or
# twice, over whatever connection, finds it made. The file then holds the time of the call and, once it
# is there, the answer: it outlives the connection.
import os
import re
import sys
import time

import flux
import flux.job

directory, lane = sys.argv[1:3]


# What ends the lane ends its process group. The start of the group's first process tells it from a later
# group of the same number.
def start_of(process):
    with open(f"/proc/{process}/stat", encoding="utf-8") as file:
        return file.read().rpartition(") ")[2].split()[19]


def connected(handle):
    return handle if handle is not None else flux.Flux()


def submit(handle, jobspec):
    """The exit code and the text that a submit command would have."""
    try:
        return 0, flux.job.submit(handle, jobspec).f58plain
    except (OSError, ValueError, TypeError) as error:
        return 1, " ".join((getattr(error, "strerror", None) or str(error)).split())


group = os.getpgid(0)
with open(f"{directory}/lanes/{lane}", "x", encoding="utf-8") as file:
    file.write(f"{group} {start_of(group)}\n")
handle = None
for line in sys.stdin:
    key, _, escaped = line.rstrip("\n").partition(" ")
    claim = f"{directory}/claims/{key}"
    try:
        with open(claim, "x", encoding="utf-8") as file:
            file.write(f"{time.time():.6f}\n")
    except OSError:
        print(f"{key} claimed", flush=True)
        continue
    jobspec = re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), escaped)
    before = time.time()
    try:
        handle = connected(handle)
    except OSError as error:
        code, text = 1, f"cannot reach the broker: {error.strerror}"
    else:
        code, text = submit(handle, jobspec)
        if code != 0 and not handle.is_alive():
            handle = None
    answer = f"{before:.6f} {time.time():.6f} {code} {text}"
    with open(claim, "a", encoding="utf-8") as file:
        file.write(f"{answer}\n")
    print(f"{key} {answer}", flush=True)
