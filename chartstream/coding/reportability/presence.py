"""Whether a condition was present on admission (guidelines, appendix I), for inpatient stays.

Undecided conditions get no indicator: validation asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from chartstream.coding.data_files import DATA, read_yaml
from chartstream.coding.finding import Finding
from chartstream.coding.model import Document, Presence
from chartstream.coding.passages.statements import SENTENCE_END
from chartstream.coding.reportability.reportable import reportability
from chartstream.coding.vocabulary.tokens import Vocabulary
from chartstream.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class PresenceRules:
    """``data/presence.yaml``."""

    exempt: Sequence[re.Pattern[str]]
    documents: frozenset[str]
    sections: frozenset[str]
    arose: re.Pattern[str]
    present: re.Pattern[str]


@lru_cache(maxsize=1)
def presence_rules(path: Path = DATA / "presence.yaml") -> PresenceRules:
    """The rules of the package. Raises ``ConfigurationError`` naming what is not well-formed."""
    data = read_yaml(path)
    try:
        return PresenceRules(
            tuple(re.compile(pattern) for pattern in data["exempt"]),
            frozenset(data["documents"]),
            frozenset(data["sections"]),
            re.compile(data["arose"], re.IGNORECASE),
            re.compile(data["present"], re.IGNORECASE),
        )
    except (KeyError, re.error) as error:
        raise ConfigurationError(f"presence.yaml: {error}; correct it.") from error


def presence(
    finding: Finding, principal: Finding, documents: Sequence[Document], vocabulary: Vocabulary
) -> Presence | None:
    """The indicator of ``finding``, or None where the notes do not decide it."""
    rules = presence_rules()
    if any(pattern.fullmatch(finding.code) for pattern in rules.exempt):
        return Presence.EXEMPT
    # The principal diagnosis is what occasioned the admission.
    if finding is principal or finding.code.startswith(reportability().lifelong):
        return Presence.YES
    said = list(_sentences(finding, documents, vocabulary))
    if any(rules.present.search(sentence) for _, sentence in said):
        return Presence.YES
    if any(rules.arose.search(sentence) for _, sentence in said):
        return Presence.NO
    return Presence.YES if any(on_admission for on_admission, _ in said) else None


def _sentences(finding: Finding, documents: Sequence[Document], vocabulary: Vocabulary) -> Iterator[tuple[bool, str]]:
    """(written on admission, sentence) for each sentence that has the words of the finding's term."""
    rules = presence_rules()
    if not finding.forms:
        return
    for document in documents:
        for section in document.sections:
            on_admission = document.kind in rules.documents or section.kind in rules.sections
            for sentence in SENTENCE_END.split(document.text[section.begin : section.end]):
                if finding.forms <= vocabulary.forms(sentence):
                    yield on_admission, sentence
