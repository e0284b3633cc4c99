"""What was measured on: the machine and the versions."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import psutil


def machine(packages: Sequence[str]) -> dict[str, str]:
    """Cores, processor, memory, load at the moment, and the versions of Python and the packages."""
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return {
        "cores": str(os.cpu_count()),
        "processor": found[1] if found else platform.processor(),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "load before": f"{os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
        **{name: version(name) for name in packages},
    }
