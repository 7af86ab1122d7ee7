"""A flux module: it notes each jobspec's job, takes a moment for all that are under way, and refuses
as the real one does: jobs of 64 cores, and all while the file `away` is there."""
import errno
import json
import os
import sys
import time
import types

base = os.environ["FLUX_DOUBLE"]


class JobId(int):
    f58plain = property(lambda self: f"f{int(self)}".replace("0", "z"))


def present():
    return not os.path.exists(f"{base}/away")


class Flux:
    def __init__(self):
        if not present():
            raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
        self.lost = False


class Future:
    def __init__(self, handle, jobspec):
        self.handle, self.jobspec, self.ready = handle, jobspec, time.monotonic() + 0.2

    def get_id(self):
        time.sleep(max(0, self.ready - time.monotonic()))
        if not present():
            self.handle.lost = True
            raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
        if self.jobspec["resources"][0]["count"] == 64:
            raise OSError(errno.ENODEV, "Unsatisfiable\nrequest")
        return JobId(self.jobspec["attributes"]["system"]["job"]["name"].split("-")[-2])


def submit_async(handle, jobspec, urgency=16):
    if handle.lost:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")
    spec = json.loads(jobspec)
    with open(f"{base}/log", "a", encoding="utf-8") as log:
        log.write(f"{spec['attributes']['system']['job']['name']}\n")
    with open(f"{base}/asked", "a", encoding="utf-8") as asked:
        begins = spec["attributes"]["system"].get("dependencies", [])
        asked.write(f"{json.dumps({'urgency': urgency, 'dependencies': begins})}\n")
    if spec["tasks"][0]["count"]["total"] == 63:
        raise RuntimeError("nobody expected this")
    return Future(handle, spec)


sys.modules["flux"] = sys.modules[__name__]
job = types.ModuleType("flux.job")
job.submit_async = submit_async
sys.modules["flux.job"] = job
