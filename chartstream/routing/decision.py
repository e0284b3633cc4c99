"""Whether a claim needs a person, and why: every reason there is, not only the first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from chartstream.errors import Problem
from chartstream.events.coding import Coding, Diagnosis, Procedure
from chartstream.events.head import Origin
from chartstream.events.validation import CodesValidated, Finding, Severity
from chartstream.routing.certificate import Certificate
from chartstream.routing.policy import Policy

_CONFIRM = "confirm or correct the code"
_HOLDS_BACK = frozenset({Severity.BLOCKS, Severity.REVIEW})


def lines_of(coding: Coding) -> list[Diagnosis | Procedure]:
    """All lines with a code, diagnoses first."""
    return [*coding.diagnoses, *coding.procedures]


def drivers_of(event: CodesValidated) -> frozenset[str]:
    """The codes on which a payment group of the claim rests alone."""
    return frozenset(code for grouping in event.groupings for code in grouping.drivers)


def open_findings(findings: Sequence[Finding]) -> list[Finding]:
    """The findings that hold a claim back: those that block, and those for review that nobody acknowledged."""
    return [
        finding
        for finding in findings
        if finding.severity is Severity.BLOCKS or (finding.severity is Severity.REVIEW and finding.acknowledged is None)
    ]


def settled_findings(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings that a released claim carries: warnings, corrections and what a person let stand."""
    return tuple(f for f in findings if f.severity not in _HOLDS_BACK or f.acknowledged is not None)


def reasons_for_review(
    event: CodesValidated, coding: Coding, certificate: Certificate | None, policy: Policy, now: datetime
) -> list[Problem]:
    """Why a person must see the claim; empty when it may be released.

    What a person decided needs neither threshold nor certificate: only open findings send it back.
    """
    problems = [_as_problem(finding) for finding in open_findings(event.findings)]
    if not coding.diagnoses:
        problems.append(
            Problem(
                "no_codable_diagnosis",
                "the documentation gives no diagnosis that may be coded",
                "code it by hand, or query the provider",
            )
        )
    if event.origin is Origin.PERSON:
        return problems
    return [
        *problems,
        *coding.problems,
        *_about_risk(coding, policy, drivers_of(event)),
        *_about_certificate(event, coding, certificate, policy, now),
    ]


def _about_risk(coding: Coding, policy: Policy, drivers: Collection[str]) -> Iterator[Problem]:
    for line in lines_of(coding):
        risk = policy.risk_of(line.code, drivers)
        if risk.mandatory_review:
            yield Problem("mandatory_review", f"{line.code} is of the class {risk.name}, which a person sees", _CONFIRM)


def _about_certificate(
    event: CodesValidated, coding: Coding, certificate: Certificate | None, policy: Policy, now: datetime
) -> Iterator[Problem]:
    if certificate is None:
        yield Problem(
            "no_certificate",
            "no certificate allows automatic release",
            "decide the codes, or have the engine certified for this site",
        )
        return
    used = {
        "policy": policy.sha256,
        "coder": coding.coder.sha256,
        "edits": event.validator.sha256 if event.validator is not None else None,
    }
    code_sets = {code_set.system.value: code_set.sha256 for code_set in coding.code_sets}
    mismatches = certificate.mismatches(now, used, code_sets)
    if mismatches:
        yield Problem(
            "certificate_mismatch",
            f"the certificate {certificate.certificate_id} does not cover this claim: {'; '.join(mismatches)}",
            "decide the codes, and have what is in use certified",
        )
        return
    drivers = drivers_of(event)
    for line in lines_of(coding):
        yield from _below_threshold(line, certificate, policy.risk_of(line.code, drivers).name)
    classes = {policy.risk_of(line.code, drivers).name for line in lines_of(coding)}
    yield from _whole_below_threshold(coding, certificate, classes)


def _below_threshold(line: Diagnosis | Procedure, certificate: Certificate, risk: str) -> Iterator[Problem]:
    threshold = certificate.thresholds.get(risk)
    if threshold is None:
        yield Problem("class_not_certified", f"{line.code} is of the class {risk}, which is not certified", _CONFIRM)
        return
    if line.code_confidence is None or line.code_confidence < threshold.code:
        stated = "no confidence" if line.code_confidence is None else f"confidence {line.code_confidence:.3f}"
        yield Problem("low_code_confidence", f"{line.code} has {stated}, {risk} needs {threshold.code:.3f}", _CONFIRM)
    if line.extraction_confidence < threshold.extraction:
        yield Problem(
            "low_extraction_confidence",
            f"the evidence of {line.code} was read with confidence {line.extraction_confidence:.3f}, "
            f"{risk} needs {threshold.extraction:.3f}",
            "compare the evidence with the document",
        )


def _whole_below_threshold(coding: Coding, certificate: Certificate, classes: Collection[str]) -> Iterator[Problem]:
    """The encounter's fields and documents must have been read as well as its most demanding code asks."""
    needed = max(
        (certificate.thresholds[name].extraction for name in classes if name in certificate.thresholds), default=0.0
    )
    already = any(line.extraction_confidence < needed for line in lines_of(coding))
    if coding.extraction_confidence < needed and not already:
        yield Problem(
            "low_extraction_confidence",
            f"the encounter's documents and fields were read with confidence {coding.extraction_confidence:.3f}, "
            f"its codes need {needed:.3f}",
            "compare the fields with the documents",
        )


def _as_problem(finding: Finding) -> Problem:
    return Problem(finding.edit, finding.message, finding.remedy)
