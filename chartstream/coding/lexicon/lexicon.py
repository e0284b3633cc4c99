"""The lexicon: which words, in whatever order, name which code.

An entry is a set of word forms with a default code and its variants by side or trimester ("pain knee" → M25.569;
right M25.561, left M25.562). Entries come from the tabular list and from the product's own terms, which win. They lie
in one memory-mapped table under their rarest word, so that a text is looked up word by word.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from chartstream.codesets.table import Table

OWN = "own"
TABULAR = "tabular"
INDEX = "index"
# The table's key of the list of all forms, which is no form itself.
_FORMS_KEY = " "


@dataclass(frozen=True, slots=True)
class Entry:
    """A term. ``code`` is None where only a variant is billable; codes may lack their seventh character."""

    forms: frozenset[str]
    code: str | None
    variants: Mapping[str, str]
    source: str
    label: str


@dataclass(slots=True)
class Draft:
    """An entry being gathered while the lexicon is built; a lower rank is a better claim to the default code."""

    rank: tuple[int, ...] | None = None
    code: str | None = None
    variants: dict[str, str] = field(default_factory=dict)
    source: str = TABULAR
    label: str = ""


def to_table_entries(drafts: Mapping[frozenset[str], Draft]) -> dict[str, bytes]:
    """Drafts as table entries: rarest form → JSON list of [forms, code, variants, source, label]; and all forms."""
    frequency: dict[str, int] = {}
    for forms in drafts:
        for form in forms:
            frequency[form] = frequency.get(form, 0) + 1
    grouped: dict[str, list[object]] = {}
    for forms, draft in drafts.items():
        # A name without any code would only hide the shorter names that have one.
        if draft.code is None and not draft.variants:
            continue
        anchor = min(forms, key=lambda form: (frequency[form], form))
        grouped.setdefault(anchor, []).append([sorted(forms), draft.code, draft.variants, draft.source, draft.label])
    entries = {anchor: json.dumps(rows, separators=(",", ":")).encode() for anchor, rows in grouped.items()}
    return {**entries, _FORMS_KEY: " ".join(sorted(frequency)).encode()}


class Lexicon:
    """Entries by their rarest form."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._anchors = frozenset(table) - {_FORMS_KEY}
        self._read = lru_cache(maxsize=20_000)(self._read_anchor)

    def anchored_at(self, form: str) -> Sequence[Entry]:
        """The entries whose rarest form is ``form``."""
        return self._read(form) if form in self._anchors else ()

    def forms(self) -> Sequence[str]:
        """Every form of any entry."""
        return (self._table.get(_FORMS_KEY) or b"").decode().split()

    def matching(self, forms: Iterable[str]) -> list[tuple[str, Entry]]:
        """(anchor, entry) for every entry all of whose forms are in ``forms``."""
        present = frozenset(forms)
        return [(form, entry) for form in present for entry in self.anchored_at(form) if entry.forms <= present]

    def _read_anchor(self, form: str) -> Sequence[Entry]:
        raw = self._table.get(form)
        rows = json.loads(raw) if raw else ()
        return tuple(Entry(frozenset(f), code, variants, source, label) for f, code, variants, source, label in rows)
