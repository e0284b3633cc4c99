"""Where Chartstream keeps its own files on a machine: state that must last, and caches that may go."""

from __future__ import annotations

import os
from pathlib import Path


def state_home() -> Path:
    """The folder of lasting state (broker data, documents, logs, pid files).

    ``CHARTSTREAM_HOME`` if set, else ``chartstream`` under the XDG state folder. It need not exist yet.
    """
    chosen = os.environ.get("CHARTSTREAM_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    return _xdg("XDG_STATE_HOME", ".local/state") / "chartstream"


def cache_home() -> Path:
    """The folder of what can be fetched or computed again: ``chartstream`` under the XDG cache folder."""
    return _xdg("XDG_CACHE_HOME", ".cache") / "chartstream"


def _xdg(variable: str, default: str) -> Path:
    # The XDG specification has relative paths ignored.
    given = Path(os.environ.get(variable) or "")
    return given if given.is_absolute() else Path.home() / default
