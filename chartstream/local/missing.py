"""What this machine lacks and a package can bring, as a program: ``python -m chartstream.local.missing``.

It prints the names of the locks in ``requirements/`` that the set-up then installs: java, maven, redis, opencv.
"""

from __future__ import annotations

import ctypes
import shutil
from collections.abc import Callable
from pathlib import Path

from chartstream.errors import ConfigurationError
from chartstream.local.java import find_java
from chartstream.local.redis import find_redis_server


def missing() -> list[str]:
    """The locks to install, for what the machine itself and the environment lack."""
    absent = {
        "java": not _found(find_java),
        "maven": shutil.which("mvn") is None,
        "redis": not _found(find_redis_server),
        "opencv": not all(map(_loads, ("libGL.so.1", "libgthread-2.0.so.0"))),
    }
    return [name for name, is_absent in absent.items() if is_absent]


def _found(find: Callable[[], Path]) -> bool:
    try:
        find()
    except ConfigurationError:
        return False
    return True


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    print(*missing())  # noqa: T201 - its output is what it is for
