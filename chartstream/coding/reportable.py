"""What of the findings is reportable: assertion by setting, and symptoms integral to a coded disease."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import yaml

from chartstream.codesets import CodeSet
from chartstream.coding.assertion import Status
from chartstream.coding.finding import Finding
from chartstream.coding.instructions import instructions
from chartstream.coding.model import Context, Profile, Setting
from chartstream.coding.statements import Kind
from chartstream.coding.tokens import DATA
from chartstream.errors import ConfigurationError

# Codes for complaints, which the reason for a visit may give where no diagnosis is confirmed (guidelines IV.D).
_SYMPTOMS: Final = ("R", "M25.5", "M54", "M79", "G44", "H57.1", "H92", "N94", "F51", "G47.0")


@dataclass(frozen=True, slots=True)
class Reportability:
    """``data/reportable.yaml``."""

    confirmed_only: tuple[str, ...]
    lifelong: tuple[str, ...]
    integral: Sequence[tuple[re.Pattern[str], re.Pattern[str]]]


@lru_cache(maxsize=1)
def reportability(path: Path = DATA / "reportable.yaml") -> Reportability:
    """The rules of the package. Raises ``ConfigurationError`` naming what is not well-formed."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        integral = tuple((re.compile(row["disease"]), re.compile(row["symptoms"])) for row in data["integral"]["rules"])
        return Reportability(tuple(data["confirmed_only"]["codes"]), tuple(data["lifelong"]["codes"]), integral)
    except (KeyError, re.error) as error:
        raise ConfigurationError(f"reportable.yaml: {error}; correct it.") from error


def judge_assertion(finding: Finding, context: Context) -> str | None:
    """Why a finding may not be reported as it is asserted, or None. Notes in ``steps`` what let it pass."""
    rules = reportability()
    status = finding.status
    if status is Status.AFFIRMED or context.profile is Profile.CORPUS:
        return None
    if status is Status.HISTORICAL and finding.code.startswith(rules.lifelong):
        finding.steps.append("Called history, but the condition does not end: coded as present (guidelines IV.I).")
        return None
    if status is Status.UNCERTAIN:
        if context.setting is not Setting.FACILITY_INPATIENT:
            return "uncertain: not coded on professional and outpatient claims (guidelines IV.H)"
        if finding.code.startswith(rules.confirmed_only):
            return "uncertain: this diagnosis needs confirmation in every setting (guidelines I.C.1)"
        finding.steps.append("Uncertain at discharge: coded as if established (guidelines II.H, III.C).")
        return None
    return {
        Status.NEGATED: "negated in the note",
        Status.HYPOTHETICAL: "hypothetical: what may come, not what was found",
        Status.SOUGHT: "looked for, not found",
        Status.HISTORICAL: "history: no longer present (guidelines IV.I)",
        Status.FAMILY: "of a relative, not of the patient",
        Status.OTHER: "of another person, not of the patient",
    }[status]


def judge_tier(finding: Finding, rejected: Sequence[Finding]) -> str | None:
    """Why a finding of a lesser tier may not stand in for what the assessment denies or doubts, or None."""
    doubted = next((other for other in rejected if other.code[:3] == finding.code[:3]), None)
    if doubted is not None:
        return f"the assessment says of it: {doubted.reason}"
    if rejected and finding.kind is Kind.REASON and not finding.code.startswith(_SYMPTOMS):
        return "named only as the reason for the visit, and the assessment does not confirm it"
    return None


def drop_vaguer(findings: Sequence[Finding], codes: CodeSet) -> tuple[list[Finding], list[Finding]]:
    """(kept, dropped because another finding of the same block of codes names the condition more fully)."""
    kept, dropped = [], []
    for finding in findings:
        fuller = next((f for f in findings if finding.forms < f.forms and _share_block(finding, f, codes)), None)
        if fuller is not None and instructions(codes).names(fuller.code, finding.code):
            fuller = None
        if fuller is None or not finding.forms:
            kept.append(finding)
        else:
            finding.reason = f"named more fully by {fuller.code} (guidelines I.B.2)"
            dropped.append(finding)
    return kept, dropped


def _share_block(one: Finding, other: Finding, codes: CodeSet) -> bool:
    first, second = (next((a.code for a in codes.ancestors(f.code) if "-" in a.code), f.code[:3]) for f in (one, other))
    return first == second


def drop_integral(findings: Sequence[Finding], codes: CodeSet) -> tuple[list[Finding], list[Finding]]:
    """(kept, symptoms dropped because a coded disease explains them; guidelines I.B.5).

    Those that the tabular list itself asks for beside the disease stay.
    """
    kept, dropped = [], []
    for finding in findings:
        disease = _explained_by(finding, findings)
        if disease is None or instructions(codes).names(disease.code, finding.code):
            kept.append(finding)
        else:
            finding.reason = f"integral to {disease.code} (guidelines I.B.5)"
            dropped.append(finding)
    return kept, dropped


def _explained_by(finding: Finding, findings: Sequence[Finding]) -> Finding | None:
    for disease, symptoms in reportability().integral:
        if symptoms.fullmatch(finding.code):
            for other in findings:
                if other is not finding and disease.fullmatch(other.code):
                    return other
    return None
