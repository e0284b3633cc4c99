"""Diseases that are over: the history codes that take their place (guidelines I.C.2.m, I.C.21.c.4)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

import yaml

from chartstream.codesets import CodeSet
from chartstream.coding.assertion import Status
from chartstream.coding.finding import Finding
from chartstream.coding.statements import Kind, Statement
from chartstream.coding.tokens import DATA
from chartstream.errors import ConfigurationError

_AROUND: Final = 60


@dataclass(frozen=True, slots=True)
class Histories:
    """``data/history.yaml``: which code a disease that is over has, of the patient and of a relative."""

    personal: Sequence[tuple[re.Pattern[str], str]]
    family: Sequence[tuple[re.Pattern[str], str]]
    called: re.Pattern[str]
    kin: re.Pattern[str]
    removed: re.Pattern[str]
    treated: re.Pattern[str]


@lru_cache(maxsize=1)
def histories(path: Path = DATA / "history.yaml") -> Histories:
    """The table of the package. Raises ``ConfigurationError`` naming what is missing or not well-formed."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        personal, family = (
            tuple((re.compile(row["codes"]), row["history"]) for row in data[part]["rows"])
            for part in ("personal", "family")
        )
        words = ("called", "kin", "removed", "treated")
        called, kin, removed, treated = (re.compile(data[part], re.IGNORECASE) for part in words)
    except (KeyError, re.error) as error:
        raise ConfigurationError(f"{path.name}: {error} is missing or not well-formed; correct it.") from error
    return Histories(personal, family, called, kin, removed, treated)


def as_history(finding: Finding, statement: Statement, codes: CodeSet) -> Finding | None:
    """The history code in place of a disease that the statement calls past or removed; None where it stays as it is.

    A cancer under treatment is no history (I.C.2.m), and a disease that merely resolved within an episode of care has
    no history code of its own (IV.J).
    """
    table = histories()
    rows = table.personal if _is_over(finding, statement) else ()
    if (
        finding.status is Status.FAMILY
        and statement.kind <= Kind.HEADING
        and table.kin.search(_before(finding, statement))
    ):
        rows = table.family
    code = next((history for pattern, history in rows if pattern.fullmatch(finding.code)), None)
    if code is None or not codes.is_billable(code):
        return None
    step = f"{finding.code} is named as past or of a relative: history code {code} (guidelines I.C.21.c.4, I.C.2.m)."
    return replace(
        finding,
        code=code,
        status=Status.AFFIRMED,
        rule="history",
        evidence=list(finding.evidence),
        steps=[*finding.steps, step],
        features={**finding.features, "history": 1.0},
        queries=[],
    )


def _before(finding: Finding, statement: Statement) -> str:
    begin = finding.evidence[0].begin
    return statement.document.text[max(statement.begin, begin - _AROUND) : begin]


def _is_over(finding: Finding, statement: Statement) -> bool:
    table, text = histories(), statement.document.text
    quote, before = finding.evidence[0], _before(finding, statement)
    around = before + " " + text[quote.begin : min(statement.end, quote.end + _AROUND)]
    past = finding.status is Status.HISTORICAL and table.called.search(before) is not None
    removed = finding.code.startswith("C") and table.removed.search(around) is not None
    if not past and not removed:
        return False
    return table.treated.search(text, statement.begin, statement.block_end) is None or not finding.code.startswith("C")
