"""What one release has that another of the same system has not, entry by entry."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from chartstream.codesets.table import Table


class ChangeKind(StrEnum):
    """How an entry differs."""

    ADDED = "added"
    RETIRED = "retired"
    NOT_BILLABLE = "no longer billable"
    BILLABLE = "now billable"
    DESCRIPTION = "description changed"
    NOTES = "notes changed"
    SEVENTH = "seventh characters changed"
    CONTENT = "content changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: the entry's key, and what stood there before and stands there now, field by field."""

    key: str
    kind: ChangeKind
    before: Mapping[str, Any]
    after: Mapping[str, Any]


# Of ICD-10-CM; in other systems every field beside the description is content.
_NOTES: Final = frozenset(
    {
        "inclusion_terms",
        "includes",
        "excludes1",
        "excludes2",
        "code_first",
        "use_additional",
        "code_also",
    }
)
_KINDS: Final = {
    "description": ChangeKind.DESCRIPTION,
    "seventh_characters": ChangeKind.SEVENTH,
    **dict.fromkeys(_NOTES, ChangeKind.NOTES),
}
# Where an entry stands: that changes with the entries around it, which are listed themselves.
_PLACE: Final = frozenset({"parent", "chapter", "children"})


def changes(before: Table, after: Table) -> Iterator[Change]:
    """Every difference, in the order of the keys."""
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        if old is None:
            yield Change(key, ChangeKind.ADDED, {}, _record(new))
        elif new is None:
            yield Change(key, ChangeKind.RETIRED, _record(old), {})
        elif old != new:
            yield from _changed(key, _record(old), _record(new))


def _changed(key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    if before.get("billable") != after.get("billable"):
        kind = ChangeKind.BILLABLE if after.get("billable") else ChangeKind.NOT_BILLABLE
        yield Change(key, kind, {"billable": bool(before.get("billable"))}, {"billable": bool(after.get("billable"))})
    by_kind: dict[ChangeKind, list[str]] = {}
    for name in sorted(({*before, *after} - _PLACE) - {"billable"}):
        if before.get(name) != after.get(name):
            by_kind.setdefault(_KINDS.get(name, ChangeKind.CONTENT), []).append(name)
    for kind, names in by_kind.items():
        yield Change(key, kind, {n: before.get(n) for n in names}, {n: after.get(n) for n in names})


def _record(raw: bytes | None) -> Mapping[str, Any]:
    """An entry as fields; one that is a list or a number (units, primaries) is a field of its own."""
    content = json.loads(raw or b"{}")
    return content if isinstance(content, dict) else {"entry": content}
