"""What of the findings is reportable: assertion by setting, and symptoms integral to a coded disease."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from chartstream.codesets import CodeSet
from chartstream.coding.assertion.assertion import Status
from chartstream.coding.data_files import DATA, read_yaml
from chartstream.coding.finding import Finding
from chartstream.coding.model import Context, Profile, Setting
from chartstream.coding.passages.statements import Kind
from chartstream.coding.related.instructions import InstructionKind, Instructions, instructions
from chartstream.errors import ConfigurationError

# Notes of the tabular list that ask for a sign beside its disease.
_ASKING: Final = (InstructionKind.USE_ADDITIONAL, InstructionKind.CODE_ALSO)


@dataclass(frozen=True, slots=True)
class Reportability:
    """``data/reportable.yaml``."""

    confirmed_only: tuple[str, ...]
    lifelong: tuple[str, ...]
    chronic: tuple[str, ...]
    symptoms: tuple[str, ...]
    notable: tuple[str, ...]
    cause: re.Pattern[str]
    joined_with: re.Pattern[str]
    apart: re.Pattern[str]
    integral: Sequence[tuple[re.Pattern[str], re.Pattern[str]]]


@lru_cache(maxsize=1)
def reportability(path: Path = DATA / "reportable.yaml") -> Reportability:
    """The rules of the package. Raises ``ConfigurationError`` naming what is not well-formed."""
    data = read_yaml(path)
    try:
        integral = tuple((re.compile(row["disease"]), re.compile(row["symptoms"])) for row in data["integral"]["rules"])
        groups = ("confirmed_only", "lifelong", "chronic", "symptoms", "notable")
        confirmed_only, lifelong, chronic, symptoms, notable = (tuple(data[name]["codes"]) for name in groups)
        cause, joined_with, apart = (re.compile(data["joining"][n], re.IGNORECASE) for n in ("cause", "with", "apart"))
        return Reportability(confirmed_only, lifelong, chronic, symptoms, notable, cause, joined_with, apart, integral)
    except (KeyError, re.error) as error:
        raise ConfigurationError(f"reportable.yaml: {error}; correct it.") from error


def is_symptom(code: str) -> bool:
    """Whether ``code`` names a complaint or sign rather than a disease (guidelines I.C.18)."""
    return code.startswith(reportability().symptoms)


def is_notable(code: str) -> bool:
    """Whether ``code`` names a sign that is coded beside its disease (guidelines I.B.6)."""
    return code.startswith(reportability().notable)


def is_chronic(code: str) -> bool:
    """Whether ``code`` names a chronic condition that is reported as long as it is treated (guidelines IV.I)."""
    return code.startswith(reportability().chronic)


def judge_assertion(finding: Finding, context: Context) -> str | None:
    """Why a finding may not be reported as it is asserted, or None. Notes in ``steps`` what let it pass."""
    rules = reportability()
    status = finding.status
    if status is Status.AFFIRMED or context.profile is Profile.CORPUS:
        return None
    if status is Status.HISTORICAL and finding.code.startswith(rules.lifelong) and finding.kind <= Kind.HEADING:
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
    if rejected and finding.kind is Kind.REASON and not is_symptom(finding.code):
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
    """(kept, symptoms dropped because a coded disease explains them; guidelines I.B.4 and I.B.5).

    A sign that the disease's own notes ask for ("use additional code", "code also") stays.
    """
    kept, notes = list(findings), instructions(codes)
    for finding in findings:
        # Most findings are no sign of anything: those need not be held against every other one.
        others = [other for other in kept if other is not finding] if _may_be_explained(finding) else []
        integral = next((o for o in others if explains(o.code, finding.code) and not _asked(o, finding, notes)), None)
        cause = next((o for o in others if joined(finding, o)), None) if integral is None else None
        if integral is not None:
            finding.reason = f"integral to {integral.code} (guidelines I.B.5)"
        elif cause is not None:
            finding.reason = f"explained by {cause.code} in the same statement (guidelines I.B.4)"
        if finding.reason is not None:
            kept.remove(finding)
    return kept, [finding for finding in findings if finding.reason is not None]


def _may_be_explained(finding: Finding) -> bool:
    """Whether a finding can be a sign for ``explains`` or ``joined`` at all."""
    return is_symptom(finding.code) or bool(_integral_rules(finding.code, 1))


def explains(disease: str, symptom: str) -> bool:
    """Whether the rules hold ``symptom`` for an integral part of ``disease`` (guidelines I.B.5)."""
    return not _integral_rules(disease, 0).isdisjoint(_integral_rules(symptom, 1))


@lru_cache(maxsize=20_000)
def _integral_rules(code: str, role: int) -> frozenset[int]:
    """The numbers of the rules that have ``code`` as their disease (role 0) or as their symptom (role 1)."""
    return frozenset(at for at, rule in enumerate(reportability().integral) if rule[role].fullmatch(code))


def joined(symptom: Finding, disease: Finding) -> bool:
    """Whether one statement calls ``disease`` the cause of ``symptom`` or joins it by "with" (guidelines I.B.4).

    Signs that stand beside their disease on claims, and what "and" joins, are not explained so.
    """
    rules = reportability()
    if symptom.statement is None or symptom.statement is not disease.statement or not is_symptom(symptom.code):
        return False
    if is_symptom(disease.code) or disease.code[0] in "TZ" or is_notable(symptom.code):
        return False
    begin, end = symptom.evidence[0].end, disease.evidence[0].begin
    between = symptom.statement.document.text[begin:end]
    linked = rules.cause.search(between) or rules.joined_with.search(between)
    return begin <= end and linked is not None and rules.apart.search(between) is None


def joined_as_cause(finding: Finding) -> bool:
    """Whether the words before a finding in its sentence call it the cause of something."""
    if finding.statement is None:
        return False
    rules, text = reportability(), finding.statement.document.text
    before = text[finding.statement.begin : finding.evidence[0].begin]
    causes = list(rules.cause.finditer(before))
    return bool(causes) and rules.apart.search(before, causes[-1].end()) is None


def _asked(disease: Finding, symptom: Finding, notes: Instructions) -> bool:
    return any(notes.asking(disease.code, symptom.code, kind) is not None for kind in _ASKING)
