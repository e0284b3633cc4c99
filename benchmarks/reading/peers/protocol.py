"""How the benchmark talks to an engine in a process of its own: one line of JSON each way for each page.

In: ``{"path": …}``. Out, first: ``{"version": …}`` once the engine is loaded; then for each page ``{"lines": [[text,
x0, y0, x1, y1], …], "frame": [width, height], "seconds": …, "peak_mb": …}``: lines in the engine's own order, boxes in
pixels of the frame, which is the picture or the picture turned upright. Standard library only: peers import it in
environments of their own.
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

Lines = Sequence[tuple[str, float, float, float, float]]
Read = Callable[[str], tuple[Lines, tuple[int, int]]]


def serve(load: Callable[[], tuple[str, Read]]) -> None:
    """Load the engine and read what is asked for until the input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # engines like to print
    version, read = load()
    print(json.dumps({"version": version}), file=answers, flush=True)
    for request in sys.stdin:
        begin = time.perf_counter()
        lines, frame = read(json.loads(request)["path"])
        seconds = time.perf_counter() - begin
        answer = {"lines": list(lines), "frame": frame, "seconds": seconds, "peak_mb": peak_mb()}
        print(json.dumps(answer), file=answers, flush=True)


def peak_mb() -> float:
    """The most memory that this process, or one that it started, has held at once, in MB.

    Its own from /proc: what ``getrusage`` says of a process begins with the size of the one that started it.
    """
    own = re.search(r"^VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    started = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return max(int(own[1]) if own else 0, started) * 1024 / 1e6
