"""Run a command until a word appears on its stderr, stop it, and print its start-up time and peak memory as JSON.

A small program of its own, like `spawn.py`, because a process inherits the peak memory of its parent.
"""

import json
import os
import signal
import sys
import time

from spawn import UNIT  # type: ignore[import-not-found] # beside it: it runs without the project


def main() -> None:
    word, *command = sys.argv[1:]
    reading, writing = os.pipe()
    began = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, writing, 2)])
    os.close(writing)
    output = b""
    while word.encode() not in output:
        chunk = os.read(reading, 4096)
        if not chunk:
            sys.exit(output.decode())
        output += chunk
    seconds = time.perf_counter() - began
    os.kill(child, signal.SIGTERM)
    _, _, used = os.wait4(child, 0)
    print(json.dumps({"seconds": seconds, "bytes": used.ru_maxrss * UNIT}))


if __name__ == "__main__":
    main()
