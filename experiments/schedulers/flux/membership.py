# Prints the nodes as the scheduler sees them, a JSON object a line, and with `follow` again whenever one of
# them has changed. Argument: `follow` or `once`. `at` is when the line was true, in seconds since the epoch,
# `late` how many seconds before that the change may have been. The journals of resources and of jobs say
# that something has changed; what nodes are like then, the scheduler is asked. It runs as root, who is an
# owner of the instance.
import json
import os
import queue
import sys
import threading
import time

import flux
from flux.hostlist import Hostlist
from flux.idset import IDset
from flux.job import JournalConsumer
from flux.resource import ResourceJournalConsumer, resource_list

# The scheduler hears of a change as we do; it is asked again until it knows, or for so long.
AGREE_SECONDS = 1.0
AGREE_PAUSE_SECONDS = 0.01

mode = sys.argv[1]
events = queue.Queue()


def follow(source, consumer_of):
    """Passes on what a journal says, and last why it ended. Its first blank event ends the past."""
    try:
        consumer = consumer_of(flux.Flux()).start()
        while (event := consumer.poll()) is not None:
            events.put((source, event))
        events.put((source, "the journal has ended"))
    except Exception as error:
        events.put((source, str(error)))


def end_with_input():
    """Whoever follows holds the standard input open; a lost connection ends it."""
    sys.stdin.read()
    os._exit(0)


def cores_of(resources):
    """Cores by rank, of a set of resources (RFC 20)."""
    return {
        rank: len(IDset(part["children"].get("core", "")))
        for part in json.loads(resources.encode())["execution"]["R_lite"]
        for rank in IDset(part["rank"])
    }


class Nodes:
    def __init__(self):
        self.handle = flux.Flux()
        self.hosts = list(Hostlist(self.handle.attr_get("hostlist")))
        self.jobs = {}
        self.known = []

    def ask(self):
        """Reads online, drained and usable from the resource module and the scheduler."""
        until = time.monotonic() + AGREE_SECONDS
        while True:
            status = self.handle.rpc("resource.status", nodeid=0).get()
            scheduler = resource_list(self.handle).get()
            online, drained = IDset(status["online"]), IDset()
            for ranks in status["drain"]:
                drained.add(ranks)
            down = scheduler.down.ranks
            self.known = [
                {
                    "rank": rank,
                    "cores": cores,
                    "online": rank in online,
                    "drained": rank in drained,
                    "usable": rank not in down,
                }
                for rank, cores in sorted(cores_of(scheduler.all).items())
            ]
            agree = all(
                node["usable"] == (node["online"] and not node["drained"]) for node in self.known
            )
            if agree or time.monotonic() > until:
                return
            time.sleep(AGREE_PAUSE_SECONDS)

    def job_event(self, event):
        if event.name == "alloc" and event.R:
            parts = event.R["execution"]["R_lite"]
            self.jobs[event.jobid] = {rank for part in parts for rank in IDset(part["rank"])}
        elif event.name == "free":
            self.jobs.pop(event.jobid, None)

    def view(self):
        counts = {}
        for ranks in self.jobs.values():
            for rank in ranks:
                counts[rank] = counts.get(rank, 0) + 1
        return [
            {
                "name": self.hosts[node["rank"]],
                "cores": node["cores"],
                "jobs": counts.get(node["rank"], 0),
                "online": node["online"],
                "drained": node["drained"],
                "usable": node["usable"],
            }
            for node in self.known
        ]


def batch():
    """The next events, all that are there."""
    some = [events.get()]
    while not events.empty():
        some.append(events.get())
    return some


def tell():
    nodes, past, told = Nodes(), set(journals), None
    while True:
        some, stale, since = batch(), False, time.time()
        for source, event in some:
            if isinstance(event, str):
                raise OSError(f"{source}: {event}")
            if event.is_empty():
                past.discard(source)
                stale = True
                continue
            if not past:
                since = min(since, event.timestamp)
            if source == "jobs":
                nodes.job_event(event)
            else:
                stale = True
        if past:
            continue
        if stale:
            nodes.ask()
        view = nodes.view()
        if view != told:
            told = view
            at = time.time()
            print(json.dumps({"at": at, "late": at - since, "nodes": view}), flush=True)
        if mode == "once":
            return


if mode == "follow":
    threading.Thread(target=end_with_input, daemon=True).start()
journals = {
    "resources": lambda handle: ResourceJournalConsumer(handle, include_sentinel=True),
    "jobs": lambda handle: JournalConsumer(handle, full=True, include_sentinel=True),
}
for name, consumer_of in journals.items():
    threading.Thread(target=follow, args=(name, consumer_of), daemon=True).start()
try:
    tell()
    code = 0
except OSError as error:
    print(error, file=sys.stderr)
    code = 1
# The threads may be waiting for Flux.
sys.stdout.flush()
sys.stderr.flush()
os._exit(code)
