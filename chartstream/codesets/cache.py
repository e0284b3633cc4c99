"""Where built tables lie, and how they come to be built once although several processes start at the same moment."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Mapping
from pathlib import Path

from chartstream.codesets.table import Table, write_table
from chartstream.errors import ConfigurationError
from chartstream.home import cache_home


def cached_table(name: str, build: Callable[[], Mapping[str, bytes]], folder: Path | None = None) -> Table:
    """The table ``name``, built by ``build`` where the cache does not hold it.

    ``name`` must change with whatever the content depends on (package version, builder version). A lock file lets one
    process build while the others wait. Raises ``ConfigurationError`` when the folder cannot be written.
    """
    folder = folder or cache_home()
    path = folder / f"{name}.table"
    if not path.exists():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / f"{name}.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if not path.exists():
                    write_table(path, build())
        except OSError as error:
            raise ConfigurationError(
                f"The code index {name} cannot be written to the cache folder: {error.strerror}. "
                "Make it writable or set XDG_CACHE_HOME to a folder that is."
            ) from error
    return Table(path)
