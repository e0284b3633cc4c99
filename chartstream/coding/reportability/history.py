"""What is coded in place of a disease that is past, a relative's or screened for (I.C.2.m, I.C.21.c.4, I.C.21.c.5)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from chartstream.codesets import CodeSet
from chartstream.coding.assertion.assertion import Status
from chartstream.coding.data_files import DATA, read_yaml
from chartstream.coding.finding import Finding
from chartstream.coding.passages.statements import Kind, Statement
from chartstream.errors import ConfigurationError

_AROUND: Final = 60


@dataclass(frozen=True, slots=True)
class Histories:
    """``data/history.yaml``: the codes of diseases that are over, that relatives have, that a visit screens for."""

    personal: Sequence[tuple[re.Pattern[str], str]]
    family: Sequence[tuple[re.Pattern[str], str]]
    screening: Sequence[tuple[re.Pattern[str], str]]
    called: re.Pattern[str]
    kin: re.Pattern[str]
    screened: re.Pattern[str]
    removed: re.Pattern[str]
    treated: re.Pattern[str]


@lru_cache(maxsize=1)
def histories(path: Path = DATA / "history.yaml") -> Histories:
    """The table of the package. Raises ``ConfigurationError`` naming what is missing or not well-formed."""
    data = read_yaml(path)
    try:
        personal, family, screening = (
            tuple((re.compile(row["codes"]), row["code"]) for row in data[part]["rows"])
            for part in ("personal", "family", "screening")
        )
        words = ("called", "kin", "screened", "removed", "treated")
        called, kin, screened, removed, treated = (re.compile(data[part], re.IGNORECASE) for part in words)
    except (KeyError, re.error) as error:
        raise ConfigurationError(f"{path.name}: {error} is missing or not well-formed; correct it.") from error
    return Histories(personal, family, screening, called, kin, screened, removed, treated)


def instead(finding: Finding, statement: Statement, codes: CodeSet) -> Finding | None:
    """What is coded in place of a disease that is past, removed, a relative's or screened for; None where nothing is.

    A cancer under treatment is no history (I.C.2.m), and a disease that merely resolved within an episode of care has
    no history code of its own (IV.J).
    """
    rows, why = _table(finding, statement)
    code = next((code for pattern, code in rows if pattern.fullmatch(finding.code)), None)
    if code is None or not codes.is_billable(code):
        return None
    return replace(
        finding,
        code=code,
        status=Status.AFFIRMED,
        rule=why,
        evidence=list(finding.evidence),
        steps=[*finding.steps, f"{finding.code} is named as {why}: {code} instead."],
        features={**finding.features, "instead": 1.0},
        queries=[],
    )


def _table(finding: Finding, statement: Statement) -> tuple[Sequence[tuple[re.Pattern[str], str]], str]:
    """The rows that apply to a finding and why."""
    table, headed = histories(), statement.kind <= Kind.HEADING
    before = _before(finding, statement)
    if headed and finding.status is Status.FAMILY and table.kin.search(before):
        return table.family, "a relative's (guidelines I.C.21.c.4)"
    text = statement.document.text
    if headed and finding.status is not Status.NEGATED and table.screened.search(text, statement.begin, statement.end):
        return table.screening, "screened for (guidelines I.C.21.c.5)"
    if _is_over(finding, statement):
        return table.personal, "past (guidelines I.C.2.m, I.C.21.c.4)"
    return (), ""


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
