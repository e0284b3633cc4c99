"""Codes that belong together: the rules of ``data/combinations.yaml``, applied to an encounter's findings in order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any, Final

from chartstream.codesets import CodeSet
from chartstream.coding.assertion.assertion import Status
from chartstream.coding.data_files import DATA, read_yaml
from chartstream.coding.finding import Finding, merged
from chartstream.coding.model import Document, Evidence, Query
from chartstream.coding.specificity.gestation import in_trimester, pregnancy
from chartstream.errors import ConfigurationError

# How far back words are looked at that take a quote back ("start", "allergic to").
_BEFORE: Final = 48
# Where drugs are not what the patient takes.
_UNTRUSTED_SECTIONS: Final = frozenset({"allergies", "family_history"})
# "\\1" in a template, which is a pattern itself, so that re's own templates would stumble over its "\\d".
_NUMBERED: Final = re.compile(r"\\([1-9])")
_TRIMESTER: Final = "{trimester}"
# What names another cause of a condition; up to the end of its clause.
_CAUSE: Final = re.compile(
    r"\b(?:due to|secondary to|caused by|as a result of|attributed to|because of|2/2|from)\s+(?P<cause>[^.;,\n]{2,60})",
    re.IGNORECASE,
)
_UNRELATED: Final = re.compile(
    r"\b(?:unrelated to|not (?:related|due|secondary|attributable) to|independent of"
    r"|non-?diabetic|non-?hypertensive)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One combination; see the file's head for what its parts mean."""

    name: str
    source: str
    when: Sequence[re.Pattern[str]]
    absent: re.Pattern[str] | None
    pregnant: bool
    cause: re.Pattern[str] | None
    give: str | None
    add: str | None
    drop: Sequence[str]
    said: re.Pattern[str] | None
    text: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    ask: str | None
    options: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Match:
    """The findings that meet a rule's patterns, the groups of these, and what else supports it."""

    chosen: Sequence[Finding]
    groups: Mapping[str, str]
    first: re.Match[str]
    support: Sequence[Evidence]

    def expand(self, template: str) -> str:
        """``template`` with the groups filled in: numbered ones of the first pattern, named ones of any."""
        code = _NUMBERED.sub(lambda m: self.first[int(m[1])] or "", template)
        for name, value in self.groups.items():
            code = code.replace(f"{{{name}}}", value)
        return code


@lru_cache(maxsize=1)
def rules(path: Path = DATA / "combinations.yaml") -> Sequence[Rule]:
    """The rules of the package. Raises ``ConfigurationError`` naming the rule that is not well-formed."""
    data = read_yaml(path)
    found = []
    for row in data["rules"]:
        try:
            found.append(_rule(row, data["causes"], data["phrases"]))
        except (KeyError, re.error) as error:
            raise ConfigurationError(
                f"combinations.yaml, rule {row.get('name', 'without a name')}: {error}; correct it."
            ) from error
    return tuple(found)


def _rule(row: Mapping[str, Any], causes: Mapping[str, str], phrases: Mapping[str, str]) -> Rule:
    def pattern(name: str) -> re.Pattern[str] | None:
        return re.compile(phrases.get(row[name], row[name]), re.IGNORECASE) if name in row else None

    return Rule(
        name=row["name"],
        source=row["source"],
        when=tuple(re.compile(pattern) for pattern in row["when"]),
        absent=re.compile(row["absent"]) if "absent" in row else None,
        pregnant=bool(row.get("pregnant", False)),
        cause=re.compile(causes[row["cause"]], re.IGNORECASE) if "cause" in row else None,
        give=row.get("give"),
        add=row.get("add"),
        drop=tuple(row.get("drop", ())),
        said=pattern("said"),
        text=pattern("text"),
        unless=pattern("unless"),
        ask=row.get("ask"),
        options=tuple(row.get("options", ())),
    )


def combine(
    findings: Sequence[Finding], codes: CodeSet, documents: Sequence[Document]
) -> tuple[list[Finding], list[Finding]]:
    """(findings after every rule, findings that rules made needless, each with its reason).

    Rules apply in the file's order, each to what the ones before it left, once for every set of codes that meets it.
    """
    kept, dropped = list(findings), list[Finding]()
    for rule in rules():
        seen: set[tuple[str, ...]] = set()
        while (found := _match(rule, kept, documents, seen)) is not None:
            kept, gone = _applied(rule, found, kept, codes, documents)
            dropped.extend(gone)
    return kept, dropped


def _applied(
    rule: Rule, found: _Match, findings: Sequence[Finding], codes: CodeSet, documents: Sequence[Document]
) -> tuple[list[Finding], list[Finding]]:
    """(findings after the rule, those it made needless)."""
    kept = list(findings)
    result = _result(rule, found, codes, documents)
    if result is None and (rule.give or rule.add):
        return kept, []
    needless = [found.expand(pattern) for pattern in rule.drop]
    gone = [f for f in kept if any(re.fullmatch(pattern, f.code) for pattern in needless)]
    if result is not None:
        gone = [f for f in gone if f.code != result.code]
        known = next((f for f in kept if f.code == result.code), None)
        if known is None:
            kept.insert(_position(kept, found.chosen, rule), result)
        else:
            known.evidence = merged([*known.evidence, *result.evidence])
    if rule.ask is not None:
        asked = found.chosen[0]
        query = Query(asked.code, rule.ask, rule.options, tuple(asked.evidence))
        asked.queries = list(dict.fromkeys([*asked.queries, query]))
    for finding in gone:
        finding.reason = f"{rule.name} ({rule.source})"
    return [f for f in kept if f not in gone], gone


def _match(
    rule: Rule, findings: Sequence[Finding], documents: Sequence[Document], seen: set[tuple[str, ...]]
) -> _Match | None:
    """The next set of findings that meets the rule and is not in ``seen``, which it joins."""
    if rule.absent is not None and any(rule.absent.fullmatch(f.code) for f in findings):
        return None
    candidates = [[f for f in findings if pattern.fullmatch(f.code)] for pattern in rule.when]
    for chosen in product(*candidates):
        names = tuple(f.code for f in chosen)
        if names in seen or len(set(names)) != len(names):
            continue
        seen.add(names)
        support = _support(rule, chosen, findings, documents)
        if support is None:
            continue
        matches = [pattern.fullmatch(name) for pattern, name in zip(rule.when, names, strict=True)]
        met = [match for match in matches if match is not None]
        groups = {name: value or "" for match in met for name, value in match.groupdict().items()}
        return _Match(chosen, groups, met[0], support)
    return None


def _support(
    rule: Rule, chosen: Sequence[Finding], findings: Sequence[Finding], documents: Sequence[Document]
) -> Sequence[Evidence] | None:
    """What the documents must say beside the codes; None where they do not, or name another cause."""
    if rule.cause is not None and any(_has_other_cause(finding, rule.cause, documents) for finding in chosen):
        return None
    support: list[Evidence] = []
    if rule.said is not None:
        quote = _said(rule.said, chosen[-1])
        if quote is None:
            return None
        support.append(quote)
    if rule.text is not None:
        cited = _cited(rule, documents)
        if cited is None:
            return None
        support.append(cited)
    if rule.pregnant:
        pregnant = pregnancy([f.code for f in findings], documents)
        if pregnant is None:
            return None
        support.extend(pregnant)
    return support


def _has_other_cause(finding: Finding, accepted: re.Pattern[str], documents: Sequence[Document]) -> bool:
    """Whether the line that names the condition calls it unrelated, or due to what ``accepted`` does not name."""
    for quote in finding.evidence:
        document = next((d for d in documents if d.document_id == quote.document_id), None)
        if document is None or quote.role != "term":
            continue
        begin = document.text.rfind("\n", 0, quote.begin) + 1
        end = document.text.find("\n", quote.end)
        line = document.text[begin : end if end >= 0 else len(document.text)]
        if _UNRELATED.search(line):
            return True
        behind = _CAUSE.search(line, quote.begin - begin)
        if behind is not None and not accepted.search(behind["cause"]):
            return True
    return False


def _said(pattern: re.Pattern[str], finding: Finding) -> Evidence | None:
    """Where the statement that names ``finding`` has the words of ``pattern``."""
    place = finding.statement
    match = pattern.search(place.document.text, place.begin, place.end) if place is not None else None
    if place is None or match is None:
        return None
    return Evidence(place.document.document_id, match.start(), match.end(), "support", place.section.kind)


def unrelated(text: str, begin: int, end: int) -> list[int]:
    """Where ``text[begin:end]`` says of two conditions that they are unrelated: no term reaches across these places."""
    return [match.start() for match in _UNRELATED.finditer(text, begin, end)]


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


def _result(rule: Rule, found: _Match, codes: CodeSet, documents: Sequence[Document]) -> Finding | None:
    template = rule.give or rule.add
    if template is None:
        return None
    code = found.expand(template)
    support = list(found.support)
    if _TRIMESTER in code:
        code, stated = in_trimester(code.replace(_TRIMESTER, ""), codes, documents)
        support.extend(stated)
    entry = codes.get(code)
    if entry is None or not entry.billable:
        return None
    own = [e for f in found.chosen for e in f.evidence]
    evidence = support if rule.add and support and not rule.pregnant else merged([*own, *support])
    return Finding(
        code=code,
        term=entry.description,
        kind=max(f.kind for f in found.chosen),
        source="combination",
        status=Status.AFFIRMED,
        evidence=evidence,
        rule=rule.name,
        steps=[
            f"{rule.name[:1].upper()}{rule.name[1:]}: {rule.source}.",
            f"Met by {', '.join(f.code for f in found.chosen)}.",
        ],
        features={"parts": float(len(found.chosen))},
    )


def _position(kept: Sequence[Finding], chosen: Sequence[Finding], rule: Rule) -> int:
    """A combination code goes before its parts; an added code to the end."""
    if rule.add:
        return len(kept)
    return min((place for place, f in enumerate(kept) if f in chosen), default=len(kept))
