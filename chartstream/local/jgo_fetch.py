"""Fetch jars without Maven, as a program: ``python -m chartstream.local.jgo_fetch TARGET PATH...``.

Each PATH is an artifact's in a Maven repository's layout, as jars.lock has them. Only exactly these are fetched: jgo's
own resolution of a pom picks other versions than Maven's. A program of its own, since jgo reads its settings from the
environment and raises whatever its HTTP client does.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path, PurePath

from jgo.maven import MavenContext


def fetch(target: Path, paths: list[PurePath]) -> None:
    """Fetch each artifact into ``target``, in the same layout."""
    maven = MavenContext()
    for path in paths:
        *group, artifact, version, _ = path.parts
        jar = maven.project(".".join(group), artifact).at_version(version).artifact().resolve()
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(jar, target / path)


if __name__ == "__main__":
    fetch(Path(sys.argv[1]), [PurePath(argument) for argument in sys.argv[2:]])
