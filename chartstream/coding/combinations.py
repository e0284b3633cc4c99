"""Codes that belong together: the rules of ``data/combinations.yaml``, applied to an encounter's findings in order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Final

import yaml

from chartstream.codesets import CodeSet
from chartstream.coding.assertion import Status
from chartstream.coding.finding import Finding, merged
from chartstream.coding.model import Document, Evidence
from chartstream.coding.tokens import DATA
from chartstream.errors import ConfigurationError

# How far back words are looked at that take a quote back ("start", "allergic to").
_BEFORE: Final = 48
# Where drugs are not what the patient takes.
_UNTRUSTED_SECTIONS: Final = frozenset({"allergies", "family_history"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One combination; see the file's head for what its parts mean."""

    name: str
    source: str
    when: Sequence[re.Pattern[str]]
    give: str | None
    add: str | None
    drop: Sequence[str]
    text: re.Pattern[str] | None
    unless: re.Pattern[str] | None


@lru_cache(maxsize=1)
def rules(path: Path = DATA / "combinations.yaml") -> Sequence[Rule]:
    """The rules of the package. Raises ``ConfigurationError`` naming the rule that is not well-formed."""
    found = []
    for row in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
        try:
            found.append(
                Rule(
                    row["name"],
                    row["source"],
                    tuple(re.compile(pattern) for pattern in row["when"]),
                    row.get("give"),
                    row.get("add"),
                    tuple(row.get("drop", ())),
                    re.compile(row["text"], re.IGNORECASE) if "text" in row else None,
                    re.compile(row["unless"], re.IGNORECASE) if "unless" in row else None,
                )
            )
        except (KeyError, re.error) as error:
            raise ConfigurationError(
                f"combinations.yaml, rule {row.get('name', 'without a name')}: {error}; correct it."
            ) from error
    return tuple(found)


def combine(
    findings: Sequence[Finding], codes: CodeSet, documents: Sequence[Document]
) -> tuple[list[Finding], list[Finding]]:
    """(findings after every rule, findings that rules made needless, each with its reason)."""
    kept, dropped = list(findings), []
    for rule in rules():
        matched = _match(rule, kept)
        if matched is None:
            continue
        chosen, first = matched
        cited = _cited(rule, documents)
        if rule.text is not None and cited is None:
            continue
        result = _result(rule, chosen, first, codes, cited)
        gone = [f for f in kept if any(re.fullmatch(first.expand(p), f.code) for p in rule.drop)]
        for finding in gone:
            finding.reason = f"{rule.name} ({rule.source})"
        dropped.extend(gone)
        if result is not None:
            known = next((f for f in kept if f.code == result.code), None)
            if known is None:
                kept.insert(_position(kept, chosen, rule), result)
            else:
                known.evidence = merged([*known.evidence, *result.evidence])
        kept = [f for f in kept if f not in gone]
    return kept, dropped


def _match(rule: Rule, findings: Sequence[Finding]) -> tuple[Sequence[Finding], re.Match[str]] | None:
    candidates = [[f for f in findings if pattern.fullmatch(f.code)] for pattern in rule.when]
    for chosen in product(*candidates):
        first = rule.when[0].fullmatch(chosen[0].code)
        if first is not None and len({f.code for f in chosen}) == len(chosen):
            return chosen, first
    return None


def _cited(rule: Rule, documents: Sequence[Document]) -> Evidence | None:
    if rule.text is None:
        return None
    for document in documents:
        for match in rule.text.finditer(document.text):
            section = next((s.kind for s in document.sections if s.begin <= match.start() < s.end), None)
            before = document.text[max(0, match.start() - _BEFORE) : match.start()]
            if section in _UNTRUSTED_SECTIONS or (rule.unless is not None and rule.unless.search(before)):
                continue
            return Evidence(document.document_id, match.start(), match.end(), "support", section)
    return None


def _result(
    rule: Rule, chosen: Sequence[Finding], first: re.Match[str], codes: CodeSet, cited: Evidence | None
) -> Finding | None:
    template = rule.give or rule.add
    if template is None:
        return None
    code = first.expand(template)
    entry = codes.get(code)
    if entry is None or not entry.billable:
        return None
    own = [cited] if cited is not None else []
    evidence = own if rule.add else merged([e for f in chosen for e in f.evidence] + own)
    return Finding(
        code=code,
        term=entry.description,
        kind=max(f.kind for f in chosen),
        source="combination",
        status=Status.AFFIRMED,
        evidence=evidence,
        rule=rule.name,
        steps=[
            f"{rule.name[:1].upper()}{rule.name[1:]}: {rule.source}.",
            f"Met by {', '.join(f.code for f in chosen)}.",
        ],
        features={"parts": float(len(chosen))},
    )


def _position(kept: Sequence[Finding], chosen: Sequence[Finding], rule: Rule) -> int:
    """A combination code goes before its parts; an added code to the end."""
    if rule.add:
        return len(kept)
    return min((place for place, f in enumerate(kept) if f in chosen), default=len(kept))
