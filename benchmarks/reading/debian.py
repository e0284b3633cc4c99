"""Debian packages unpacked into a cache folder: nothing is installed, nobody has to be root.

Fonts and the peer Tesseract come this way. Needs ``apt-get`` and ``dpkg-deb`` and a package list (``apt-get update``).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path


class NotToBeHad(RuntimeError):
    """Something that the benchmark fetches on demand cannot be fetched here; the message says how to get it."""


def cache_root() -> Path:
    """Where fetched fonts and the peers' environments lie: ``$XDG_CACHE_HOME/chartstream/benchmarks``."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "chartstream" / "benchmarks"


def unpacked(name: str, packages: Sequence[str], *, dependencies: bool = False) -> Path:
    """A folder with the content of the packages, fetched once under ``name``.

    ``dependencies`` adds those packages they need that this system lacks. Raises ``NotToBeHad``.
    """
    target = cache_root() / name
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=target.parent, prefix=".making-"))
    try:
        wanted = _missing(packages) if dependencies else list(packages)
        _run(["apt-get", "download", "-q", *wanted], scratch)
        for package in sorted(scratch.glob("*.deb")):
            _run(["dpkg-deb", "-x", package.name, "tree"], scratch)
        (scratch / "tree").rename(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


def _missing(packages: Sequence[str]) -> list[str]:
    """The packages and whatever else ``apt-get install`` would bring."""
    plan = _run(["apt-get", "--simulate", "--no-install-recommends", "install", *packages], Path.cwd())
    return re.findall(r"^Inst (\S+)", plan, re.MULTILINE)


def _run(command: Sequence[str], folder: Path) -> str:
    try:
        return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
    except FileNotFoundError as error:
        raise NotToBeHad(f"{command[0]} is not on this system: run the benchmark on Debian or Ubuntu") from error
    except subprocess.CalledProcessError as error:
        last = (error.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise NotToBeHad(
            f"{' '.join(command[:2])} failed ({last}): run `apt-get update` as root, then again"
        ) from error
