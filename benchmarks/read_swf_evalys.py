"""Reads a log with evalys, without the time of its imports.

Usage: read_swf_evalys.py FILE.swf ROUNDS  ->  one JSON line {"seconds": [...], "jobs"}
"""

import json
import sys
import time
import warnings

warnings.simplefilter("ignore")

from evalys.workload import Workload  # noqa: E402

if __name__ == "__main__":
    seconds = []
    for _ in range(int(sys.argv[2])):
        began = time.perf_counter()
        workload = Workload.from_csv(sys.argv[1])
        seconds.append(time.perf_counter() - began)
    print(json.dumps({"seconds": seconds, "jobs": len(workload.df)}))
