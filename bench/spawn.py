"""Run a command and print its run time in seconds, peak memory in bytes and exit code as JSON.

A small program of its own, because a process inherits the peak memory of its parent.
"""

import json
import os
import sys
import time

UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes per unit of `ru_maxrss`."""


def main() -> None:
    silence = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    began = time.perf_counter()
    child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=silence)
    _, status, used = os.wait4(child, 0)
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "bytes": used.ru_maxrss * UNIT, "code": os.waitstatus_to_exitcode(status)}))


if __name__ == "__main__":
    main()
