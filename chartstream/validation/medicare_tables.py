"""What Medicare's code editor says of codes on a claim's day: a site's imported table, else the editor carried."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from chartstream.codesets.editions import Editions
from chartstream.codesets.model import MCE
from chartstream.events.coding import Procedure
from chartstream.medicare.editor import IN_TABLES, CodeEdit, code_edits, covers

_NOTHING: Final[frozenset[CodeEdit]] = frozenset()


def edits_of(codes: Iterable[str], day: date | None, editions: Editions | None) -> Mapping[str, frozenset[CodeEdit]]:
    """The edits that name each diagnosis code on ``day``. Where a table is installed for it, the table decides on what
    such tables list (``IN_TABLES``). Empty where neither covers the day.
    """
    carried = {code: code_edits(code, day) for code in codes} if day is not None and covers(day) else {}
    if not has_table(editions):
        return carried
    return {code: (carried.get(code, _NOTHING) - IN_TABLES) | _of_table(editions, code) for code in codes}


def unheard_of(codes: Iterable[str], editions: Editions | None) -> Mapping[str, Sequence[str]]:
    """What an installed table says of diagnosis codes that no edit here knows, by its name: the codes."""
    found: dict[str, list[str]] = {}
    for code in codes if has_table(editions) else ():
        for name in (editions.mce(code) if editions is not None else None) or ():
            if name not in IN_TABLES:
                found.setdefault(name, []).append(code)
    return found


def procedure_table(editions: Editions | None, line: Procedure) -> frozenset[str]:
    """The edits that an installed table names for an ICD-10-PCS code (``Noncovered_Always``); empty without one."""
    table = editions.mce(f"P:{line.code}") if editions is not None else None
    return frozenset(table or ())


def has_table(editions: Editions | None) -> bool:
    """Whether a site's table holds on the day."""
    return editions is not None and editions.has(MCE)


def _of_table(editions: Editions | None, code: str) -> frozenset[CodeEdit]:
    table = editions.mce(code) if editions is not None else None
    return frozenset(CodeEdit(name) for name in table or () if name in IN_TABLES)
