"""Runs a command until it says a word on stderr, ends it, and says in JSON how long that took, and its peak of memory.

Like `spawn.py` a small program of its own: a process begins with the peak of the one that starts it.
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
    said = b""
    while word.encode() not in said:
        piece = os.read(reading, 4096)
        if not piece:
            sys.exit(said.decode())
        said += piece
    seconds = time.perf_counter() - began
    os.kill(child, signal.SIGTERM)
    _, _, used = os.wait4(child, 0)
    print(json.dumps({"seconds": seconds, "bytes": used.ru_maxrss * UNIT}))


if __name__ == "__main__":
    main()
