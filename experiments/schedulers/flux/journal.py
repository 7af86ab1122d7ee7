# Prints the events of jobs from the job manager's journal, a JSON object a line: first all that have
# happened, then the line "null", then, with `follow`, what happens. Arguments: `follow` or `once`, and the
# start of the names of the jobs that are wanted. It runs as root, who is an owner of the instance.
import json
import os
import pwd
import sys
import threading

import flux
from flux.hostlist import Hostlist
from flux.idset import IDset
from flux.job import JournalConsumer

mode, prefix = sys.argv[1:3]


def user_of(uid):
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def resources_of(granted):
    """Nodes of an allocation (RFC 20) by name, and its cores on all of them together."""
    execution = granted["execution"]
    cores = sum(
        len(IDset(part["rank"])) * len(IDset(part["children"].get("core", "")))
        for part in execution["R_lite"]
    )
    return {"nodes": list(Hostlist(",".join(execution["nodelist"]))), "cores": cores}


def say(value):
    print(json.dumps(value), flush=True)


def end_with_input():
    """Whoever follows holds the standard input open; a lost connection ends it."""
    sys.stdin.read()
    os._exit(0)


if mode == "follow":
    threading.Thread(target=end_with_input, daemon=True).start()
wanted = {}
consumer = JournalConsumer(flux.Flux(), full=True, include_sentinel=True).start()
while True:
    event = consumer.poll()
    if event is None:
        sys.exit("the journal has ended")
    if event.is_empty():
        say(None)
        if mode == "once":
            break
        continue
    job = event.jobid.f58plain
    if event.name == "submit":
        name = event.jobspec["attributes"]["system"].get("job", {}).get("name", "")
        if name.startswith(prefix):
            wanted[job] = {"name": name, "user": user_of(event.context["userid"])}
    if job not in wanted:
        continue
    told = {"job": job, "event": event.name, "at": event.timestamp, "context": event.context}
    if event.name == "submit":
        told |= wanted[job]
    if event.name == "alloc" and event.R:
        told |= resources_of(event.R)
    say(told)
