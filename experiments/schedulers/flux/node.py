# Takes a node in or out, and returns when the scheduler knows. Arguments: what to do, the node's name, and
# the seconds to wait. Each can be done again. It runs as root, who is an owner of the instance.
import errno
import subprocess
import sys
import time

import flux
from flux.hostlist import Hostlist
from flux.idset import IDset
from flux.job import JobList
from flux.resource import resource_list

PAUSE_SECONDS = 0.02
# A broker that is being ended in order has gone by then.
GOING_SECONDS = 2.0
REASON = "it is to leave"

verb, node, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
handle = flux.Flux()
hosts = list(Hostlist(handle.attr_get("hostlist")))
if node not in hosts:
    sys.exit(f"{node} is not among the instance's nodes: {','.join(hosts)}")
rank = hosts.index(node)


def online():
    return rank in IDset(handle.rpc("resource.status", nodeid=0).get()["online"])


def usable():
    return rank not in resource_list(handle).get().down.ranks


def until(holds, limit):
    """Whether it came to hold within so many seconds."""
    deadline = time.monotonic() + limit
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE_SECONDS)
    return True


def change(what):
    """Drains or undrains; one that is so already stays as it is."""
    payload = {"targets": node, "mode": "update", "reason": REASON}
    handle.rpc(f"resource.{what}", payload, nodeid=0).get()


def drain():
    change("drain")
    if not until(lambda: not usable(), seconds):
        sys.exit(f"the scheduler still uses {node} after {seconds:g} s")


def admit():
    if not until(online, seconds):
        sys.exit(f"the broker of {node} did not join within {seconds:g} s")
    change("undrain")
    if not until(usable, seconds):
        sys.exit(f"the scheduler does not use {node} after {seconds:g} s")


def expel():
    change("drain")
    if not until(lambda: not online(), GOING_SECONDS):
        # It may go, or be found gone, by itself meanwhile.
        command = ["flux", "overlay", "disconnect", node]
        subprocess.run(command, stdin=subprocess.DEVNULL, check=False)
    if not until(lambda: not online(), seconds):
        sys.exit(f"the broker of {node} is still there after {seconds:g} s")
    # Flux itself notices only the loss of nodes on which the job still has tasks.
    jobs = JobList(handle, attrs=["ranks"], filters=["running"], user="all").jobs()
    for job in jobs:
        if job.ranks and rank in IDset(job.ranks):
            raise_node_failure(job.id)


def raise_node_failure(job):
    payload = {"id": job, "type": "node-failure", "severity": 0, "note": f"{node} has gone"}
    try:
        handle.rpc("job-manager.raise", payload, nodeid=0).get()
    except OSError as error:
        # It has ended meanwhile.
        if error.errno not in (errno.ENOENT, errno.EINVAL):
            raise


verbs = {"drain": drain, "admit": admit, "expel": expel}
if verb not in verbs:
    sys.exit(f"expected one of {', '.join(verbs)}, got {verb}")
verbs[verb]()
