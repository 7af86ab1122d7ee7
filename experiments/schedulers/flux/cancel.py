# Cancels the jobs whose ids come on standard input, one a line. It runs as root, who is an owner of the
# instance. A job that has ended or that nobody knows is passed over.
import errno
import sys

import flux
import flux.job

handle = flux.Flux()
pending = [
    flux.job.cancel_async(handle, flux.job.JobID(line.strip())) for line in sys.stdin if line.strip()
]
for future in pending:
    try:
        future.get()
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.EINVAL):
            raise
