"""Adverse effects: the code of the drug behind the condition that a note attributes to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from chartstream.codesets import CodeSet
from chartstream.coding.assertion.assertion import Status
from chartstream.coding.data_files import DATA, read_yaml
from chartstream.coding.finding import Finding
from chartstream.coding.model import Evidence
from chartstream.errors import ConfigurationError

_BEFORE: Final = 30
# How far behind the condition its cause may be named, and before it ("chemotherapy-induced"), in code points.
_REACH: Final = 60


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug or group of drugs, the code of its adverse effects, and the wordings that make it a cause."""

    code: str
    links: Sequence[re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class AdverseEffects:
    """``data/adverse_effects.yaml``; its head says what the parts mean."""

    source: str
    possible: Sequence[re.Pattern[str]]
    """Each wording with any word for the drug: where none stands, no drug's own is looked for."""
    drugs: Sequence[Drug]
    unless: re.Pattern[str]
    never: re.Pattern[str]


@lru_cache(maxsize=1)
def adverse_effect_rules(path: Path = DATA / "adverse_effects.yaml") -> AdverseEffects:
    """The rules of the package. Raises ``ConfigurationError`` naming what is missing or not well-formed."""
    data: dict[str, Any] = read_yaml(path)
    try:
        drugs = tuple(Drug(row["code"], _links(data["links"], f"(?:{row['text']})")) for row in data["drugs"])
        unless = re.compile(data["unless"], re.IGNORECASE)
        possible = _links(data["links"], r"[\w/-]+")
        return AdverseEffects(data["source"], possible, drugs, unless, re.compile(data["never"]))
    except (KeyError, re.error) as error:
        raise ConfigurationError(f"{path.name}: {error} is missing or not well-formed; correct it.") from error


def _links(templates: Sequence[str], drug: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(template.replace("{drug}", drug), re.IGNORECASE) for template in templates)


def adverse_effects(findings: Sequence[Finding], codes: CodeSet) -> list[Finding]:
    """The codes of the drugs to which the statements of ``findings`` attribute them, each billable and once."""
    known = {finding.code for finding in findings}
    added: dict[str, Finding] = {}
    for finding in findings:
        for effect in _of(finding):
            if effect.code not in known and codes.is_billable(effect.code):
                added.setdefault(effect.code, effect)
    return list(added.values())


def _of(finding: Finding) -> Iterator[Finding]:
    rules, place = adverse_effect_rules(), finding.statement
    if place is None or rules.never.fullmatch(finding.code):
        return
    quotes = [quote for quote in finding.evidence if quote.role == "term"]
    text = place.document.text
    worded = [n for n, link in enumerate(rules.possible) if link.search(text, place.begin, place.end)]
    for drug in rules.drugs if worded else ():
        for match in (m for n in worded for m in drug.links[n].finditer(text, place.begin, place.end)):
            near = any(_is_near(match, quote, text) for quote in quotes)
            if near and not rules.unless.search(text[max(place.begin, match.start() - _BEFORE) : match.start()]):
                quote = Evidence(place.document.document_id, match.start(), match.end(), "support", place.section.kind)
                step = f"The note gives the drug as the cause of {finding.code}: {rules.source}."
                name = "adverse effect of a drug"
                yield Finding(
                    drug.code, name, finding.kind, "combination", Status.AFFIRMED, [quote], rule=name, steps=[step]
                )
                return


def _is_near(match: re.Match[str], quote: Evidence, text: str) -> bool:
    """Whether a drug's words stand beside a condition's in one clause, or among them."""
    if match.start() < quote.end and quote.begin < match.end():
        return True
    first, second = (quote.end, match.start()) if quote.end <= match.start() else (match.end(), quote.begin)
    return second - first <= _REACH and re.search(r"[.;\n]|, and\b", text[first:second]) is None
