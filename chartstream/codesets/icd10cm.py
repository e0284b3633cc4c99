"""ICD-10-CM as the package simple-icd-10-cm carries it: the tabular list of April 2026."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from chartstream.codesets.model import ICD10CM, Release
from chartstream.errors import ConfigurationError

PACKAGE: Final = "simple-icd-10-cm"
# Raise it whenever the entries written below change, so that stale caches are left behind.
BUILDER: Final = 2
# The April 2026 update replaced the October 2025 one; both bill through 30 September 2026, and what April added is
# left to the validation edits.
RELEASE: Final = Release(ICD10CM, "ICD-10-CM FY2026 (April 2026)", date(2025, 10, 1), date(2026, 9, 30))


def table_name() -> str:
    """The cache name of the index, which changes with the package and with this builder."""
    try:
        installed = version(PACKAGE)
    except PackageNotFoundError as error:
        raise ConfigurationError(
            f"ICD-10-CM needs the package {PACKAGE}, which is not installed; install chartstream[coding]."
        ) from error
    return f"icd10cm-{installed}-{BUILDER}"


def build() -> dict[str, bytes]:
    """Every entry of the tabular list as JSON bytes by its code with dots; about four seconds.

    The package keeps its parse tree (200 MB) for the life of the process, so a child process does the parsing.
    """
    done = subprocess.run([sys.executable, "-m", "chartstream.codesets.tabular"], stdout=subprocess.PIPE, check=True)
    entries = {}
    for line in done.stdout.splitlines():
        code, _, entry = line.partition(b"\t")
        entries[code.decode()] = entry
    return entries
