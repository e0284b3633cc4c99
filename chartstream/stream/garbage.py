"""How often the interpreter looks for garbage in cycles."""

from __future__ import annotations

import gc

ALLOCATIONS = 50_000
"""A record on its way makes some ten tuples, which the reference counts free again. At the interpreter's default of 700
allocations a search began every seventy records and went through schemas and models that never change: a fifth of the
loop's time."""


def search_rarely() -> None:
    """For a process that has loaded what it keeps: leave that out of every search, and search less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS)
