"""Notes without headings: paragraphs in the order subjective, objective, assessment, plan, told by their words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from chartstream.extraction.packaged import packaged

_PARAGRAPH = re.compile(r"[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*)*")
_ORDER = ("history_of_present_illness", "examination", "assessment", "plan")
_HEAD = re.compile(r"(?i)^[^\n]{0,60}\b(?:patient|name|mrn|dob|date|provider)\b[^\n]{0,12}:")
# A part must show at least this many of its signs to be believed.
_LEAST = 1
_LEAST_TOGETHER = 4


def unlabelled_parts(text: str) -> list[tuple[str, int]]:
    """Kind and begin of each part, in order; empty unless the text reads like history, findings, conclusion and plan.

    An assessment and a plan told apart by nothing become ``assessment_and_plan``. Raises ``ConfigurationError`` for a
    broken data file.
    """
    paragraphs = [match for match in _PARAGRAPH.finditer(text) if not _HEAD.search(match.group())]
    scores = [[_score(paragraph.group(), kind) for kind in _ORDER] for paragraph in paragraphs]
    while scores and not any(scores[0]):
        paragraphs, scores = paragraphs[1:], scores[1:]
    if len(paragraphs) < 2:
        return []
    labels = _best_order(scores)
    parts: list[tuple[int, int, int]] = []
    for paragraph, score, label in zip(paragraphs, scores, labels, strict=True):
        if parts and parts[-1][0] == label:
            parts[-1] = (label, parts[-1][1], parts[-1][2] + score[label])
        else:
            parts.append((label, paragraph.start(), score[label]))
    if not _believable(parts):
        return []
    assessment, plan = _ORDER.index("assessment"), _ORDER.index("plan")
    planned = any(score[plan] for score, label in zip(scores, labels, strict=True) if label == assessment)
    both = plan if assessment not in labels else assessment if plan not in labels and planned else None
    return [("assessment_and_plan" if label == both else _ORDER[label], begin) for label, begin, _ in parts]


def _believable(parts: Sequence[tuple[int, int, int]]) -> bool:
    labels = {label for label, _, _ in parts}
    concluded = bool(labels & {2, 3}) and bool(labels & {0, 1})
    return concluded and all(score >= _LEAST for *_, score in parts) and sum(s for *_, s in parts) >= _LEAST_TOGETHER


def _best_order(scores: Sequence[Sequence[int]]) -> list[int]:
    """The part of each paragraph, never going back, with the most signs; the earlier part among equals."""
    best: list[tuple[int, list[int]]] = [(0, []) for _ in _ORDER]
    for score in scores:
        best = [
            max(
                ((total + score[label], [*labels, label]) for total, labels in best[: label + 1]),
                key=lambda item: item[0],
            )
            for label in range(len(_ORDER))
        ]
    return max(best, key=lambda item: item[0])[1]


def _score(paragraph: str, kind: str) -> int:
    return sum(bool(sign.search(paragraph)) for sign in _signs()[kind])


@cache
def _signs() -> dict[str, tuple[re.Pattern[str], ...]]:
    def compiled(data: Any) -> dict[str, tuple[re.Pattern[str], ...]]:
        parts = data["parts"]
        return {kind: tuple(re.compile(sign, re.IGNORECASE | re.MULTILINE) for sign in parts[kind]) for kind in _ORDER}

    return packaged("soap.yaml", compiled)
