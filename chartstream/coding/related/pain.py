"""Category G89 beside a pain's site: that it is chronic, due to trauma, after a procedure or due to a neoplasm."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from chartstream.coding.assertion.assertion import Status
from chartstream.coding.data_files import DATA, read_yaml
from chartstream.coding.finding import Finding
from chartstream.coding.model import Document, Evidence
from chartstream.errors import ConfigurationError

_CATEGORY: Final = "G89"


@dataclass(frozen=True, slots=True)
class PainKind:
    """One kind of pain and the words that name it."""

    code: str
    name: str
    source: str
    text: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class PainRules:
    """``data/pain.yaml``; its head says what the parts mean."""

    sites: re.Pattern[str]
    kinds: Sequence[PainKind]
    control: re.Pattern[str]
    control_source: str


@lru_cache(maxsize=1)
def pain_rules(path: Path = DATA / "pain.yaml") -> PainRules:
    """The rules of the package. Raises ``ConfigurationError`` naming what is missing or not well-formed."""
    data: dict[str, Any] = read_yaml(path)
    try:
        kinds = tuple(
            PainKind(row["code"], row["name"], row["source"], re.compile(row["text"], re.IGNORECASE))
            for row in data["kinds"]
        )
        control = re.compile(data["control"]["text"], re.IGNORECASE)
        return PainRules(re.compile(data["sites"]), kinds, control, data["control"]["source"])
    except (KeyError, re.error) as error:
        raise ConfigurationError(f"{path.name}: {error} is missing or not well-formed; correct it.") from error


def with_kinds_of_pain(findings: Sequence[Finding], documents: Sequence[Document]) -> list[Finding]:
    """``findings`` with the code of G89 that a pain's own words ask for, behind its site unless the visit is for it.

    Symptoms that a coded disease explains must have left ``findings`` before: beside a definitive diagnosis there is no
    code of G89.
    """
    found = list(findings)
    if any(finding.code.startswith(_CATEGORY) for finding in findings):
        return found
    rules = pain_rules()
    for finding in findings:
        kind = _kind(finding, rules) if rules.sites.fullmatch(finding.code) else None
        if kind is None:
            continue
        known, quote = kind
        addition = _addition(known, finding, quote)
        for_control = any(rules.control.search(document.text) for document in documents)
        found.insert(found.index(finding) + (0 if for_control else 1), addition)
        if for_control:
            addition.steps.append(
                f"The visit is for control of the pain, so that it stands first: {rules.control_source}."
            )
        return found
    return found


def _kind(finding: Finding, rules: PainRules) -> tuple[PainKind, Evidence] | None:
    """The kind of pain that the statement of ``finding`` names, and the words that do."""
    place = finding.statement
    if place is None:
        return None
    for kind in rules.kinds:
        for match in kind.text.finditer(place.document.text, place.begin, place.end):
            if any(quote.begin < match.end() and match.start() < quote.end for quote in finding.evidence):
                span = (match.start(), match.end())
                return kind, Evidence(place.document.document_id, *span, "term", place.section.kind)
    return None


def _addition(kind: PainKind, site: Finding, quote: Evidence) -> Finding:
    steps = [f"{kind.name[:1].upper()}{kind.name[1:]} beside its site {site.code}: {kind.source}."]
    return Finding(
        kind.code, kind.name, site.kind, "combination", Status.AFFIRMED, [quote], rule=kind.name, steps=steps
    )
