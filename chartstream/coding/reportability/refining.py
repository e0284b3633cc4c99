"""What the text beneath a problem heading adds: the same problem named more precisely, never another one."""

from __future__ import annotations

from collections.abc import Sequence

from chartstream.codesets import CodeSet
from chartstream.coding.finding import Finding
from chartstream.coding.reportability.reportable import explains, is_notable, is_symptom, joined_as_cause

_ANOTHER = "said beneath a heading that names another problem"


def refined(named: Sequence[Finding], beneath: Sequence[Finding], codes: CodeSet) -> list[Finding]:
    """The findings of a heading and of the statements in its block; those that others replace have their reason.

    A heading that names nothing reportable is spoken for by its block. A heading's symptom gives way to the disease
    that the block confirms as its cause (I.B.4, I.B.5); a disease to the same disease with more said of it (I.B.2).
    """
    headed = [finding for finding in named if finding.reason is None]
    for finding in beneath:
        if finding.reason is None and headed:
            _weigh(finding, headed, codes)
        elif finding.reason is None:
            finding.steps.append("Stated beneath a heading that names no reportable problem itself.")
    return [*named, *beneath]


def _weigh(finding: Finding, headed: Sequence[Finding], codes: CodeSet) -> None:
    finding.features["beneath"] = 1.0
    for heading in headed:
        if heading.code == finding.code:
            return
    for heading in headed:
        if is_symptom(heading.code) and not is_symptom(finding.code):
            if explains(finding.code, heading.code) or joined_as_cause(finding):
                if not explains(finding.code, heading.code) and not is_notable(heading.code):
                    heading.reason = f"explained by {finding.code}, stated beneath the heading (guidelines I.B.4)"
                finding.steps.append(
                    f"Confirmed beneath the heading as the cause of {heading.code} (guidelines I.B.4)."
                )
                return
        elif (
            heading.code[:3] == finding.code[:3] and is_vague(heading.code, codes) and not is_vague(finding.code, codes)
        ):
            heading.reason = f"named more fully beneath the heading by {finding.code} (guidelines I.B.2)"
            finding.steps.append(
                f"Says more of the same condition than the heading's {heading.code} (guidelines I.B.2)."
            )
            return
    finding.reason = _ANOTHER


def is_vague(code: str, codes: CodeSet) -> bool:
    """Whether the list calls a code unspecified."""
    entry = codes.get(code)
    return entry is not None and "unspecified" in entry.description.lower()
