"""What a routine visit's own code depends on: abnormal findings, age, and codes that do not stand beside others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from chartstream.codesets import CodeSet
from chartstream.coding.data_files import DATA, read_yaml
from chartstream.coding.finding import Finding
from chartstream.coding.model import Context
from chartstream.coding.reportability.reportable import is_chronic
from chartstream.errors import ConfigurationError

_ADULT: Final = 18


@dataclass(frozen=True, slots=True)
class Visits:
    """``data/visits.yaml``; its comments say what the parts mean."""

    abnormal: dict[str, str]
    children: dict[str, str]
    after_cancer: dict[str, str]
    new: re.Pattern[str]
    needless: Sequence[tuple[re.Pattern[str], re.Pattern[str], str]]


@lru_cache(maxsize=1)
def visit_rules(path: Path = DATA / "visits.yaml") -> Visits:
    """The rules of the package. Raises ``ConfigurationError`` naming what is missing or not well-formed."""
    data: dict[str, Any] = read_yaml(path)
    try:
        needless = tuple(
            (re.compile(row["beside"]), re.compile(row["drop"]), f"{row['reason']} ({row['source']})")
            for row in data["needless"]
        )
        new = re.compile(data["new"], re.IGNORECASE)
        abnormal, children, after_cancer = (data[name]["codes"] for name in ("abnormal", "children", "after_cancer"))
        return Visits(abnormal, children, after_cancer, new, needless)
    except (KeyError, re.error) as error:
        raise ConfigurationError(f"{path.name}: {error} is missing or not well-formed; correct it.") from error


def settle_visits(findings: Sequence[Finding], codes: CodeSet, context: Context) -> tuple[list[Finding], list[Finding]]:
    """(findings with the codes of routine visits settled, findings that do not stand beside the others)."""
    rules, kept, dropped = visit_rules(), list(findings), []
    for beside, drop, reason in rules.needless:
        gone = [f for f in kept if drop.fullmatch(f.code) and any(beside.fullmatch(o.code) for o in kept if o is not f)]
        for finding in gone:
            finding.reason = reason
            kept.remove(finding)
        dropped.extend(gone)
    for finding in kept:
        _settle(finding, kept, codes, context)
    return kept, dropped


def _settle(visit: Finding, findings: Sequence[Finding], codes: CodeSet, context: Context) -> None:
    rules = visit_rules()
    if context.age_years is not None and context.age_years < _ADULT and visit.code in rules.children:
        _recode(visit, rules.children[visit.code], "A child's routine examination (guidelines I.C.21.c.13).", codes)
    if visit.code in rules.after_cancer and any(finding.code.startswith("Z85") for finding in findings):
        step = "Treatment of a malignancy is over: its own follow-up code (guidelines I.C.21.c.8)."
        _recode(visit, rules.after_cancer[visit.code], step, codes)
    abnormal = next((f for f in findings if f is not visit and _is_abnormal(f)), None)
    if abnormal is not None and visit.code in rules.abnormal:
        step = f"The examination found {abnormal.code}: with abnormal findings (guidelines IV.P)."
        _recode(visit, rules.abnormal[visit.code], step, codes)


def _recode(visit: Finding, code: str, step: str, codes: CodeSet) -> None:
    if codes.is_billable(code):
        visit.code = code
        visit.steps.append(step)


def _is_abnormal(finding: Finding) -> bool:
    """Whether a visit found it: a condition that is neither a status nor chronic, or one that is called new."""
    if finding.code[0] in "ZVWXY":
        return False
    if not is_chronic(finding.code):
        return True
    place = finding.statement
    return place is not None and visit_rules().new.search(place.document.text, place.begin, place.block_end) is not None
