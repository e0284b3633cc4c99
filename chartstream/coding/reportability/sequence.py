"""The order of codes on the claim: the principal or first-listed diagnosis first, etiology before manifestation."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any, Final

from chartstream.codesets import CodeSet
from chartstream.coding.data_files import DATA, read_yaml
from chartstream.coding.finding import Finding
from chartstream.coding.model import Context, Setting
from chartstream.coding.related.instructions import Instructions, instructions
from chartstream.coding.reportability.reportable import is_chronic, is_notable, is_symptom
from chartstream.errors import ConfigurationError

# Moves of one encounter's codes at most: its pairs, a few times over.
_MOST_ROUNDS: Final = 4

Wanted = dict[str, dict[str, str]]
"""Code → the codes that must stand before it, each with the reason."""


@dataclass(frozen=True, slots=True)
class Group:
    """Codes with one place in the order, and the guideline that gives it to them."""

    codes: re.Pattern[str]
    source: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Codes of which the one stands before the other where a claim has both."""

    first: re.Pattern[str]
    then: re.Pattern[str]
    source: str


@dataclass(frozen=True, slots=True)
class Order:
    """``data/sequence.yaml``: groups before all conditions, groups behind them, and pairs."""

    ahead: Sequence[Group]
    behind: Sequence[Group]
    pairs: Sequence[Pair]


@lru_cache(maxsize=1)
def order_rules(path: Path = DATA / "sequence.yaml") -> Order:
    """The rules of the package. Raises ``ConfigurationError`` naming what is missing or not well-formed."""
    data: dict[str, Any] = read_yaml(path)
    try:
        ahead = tuple(_group(data[name]) for name in ("first", "obstetric", "poisoning"))
        behind = tuple(_group(row) for row in data["behind"])
        pairs = tuple(Pair(re.compile(row["first"]), re.compile(row["then"]), row["source"]) for row in data["before"])
    except (KeyError, re.error) as error:
        raise ConfigurationError(f"{path.name}: {error} is missing or not well-formed; correct it.") from error
    return Order(ahead, behind, pairs)


def _group(row: dict[str, str]) -> Group:
    return Group(re.compile(row["codes"]), row["source"])


def sequenced(findings: Sequence[Finding], codes: CodeSet, context: Context) -> list[Finding]:
    """``findings`` in claim order. The note's own order holds among equals: its first problem is the first listed.

    Every finding that a rule moves has the rule in its steps; the first one has why it is first.
    """
    order = sorted(findings, key=lambda finding: _rank(finding, findings))
    notes = instructions(codes)
    wanted = _wanted(order, notes)
    for _ in range(_MOST_ROUNDS * len(order)):
        if not _moved(order, wanted):
            break
    if order:
        order[0].steps.append(_why_first(order[0], context))
    return order


def _rank(finding: Finding, findings: Sequence[Finding]) -> int:
    rules = order_rules()
    for place, group in enumerate(rules.ahead):
        if group.codes.fullmatch(finding.code):
            return place
    conditions = len(rules.ahead)
    # A sign that comes with a disease of its own is not first where that disease is coded too (II.A).
    if is_notable(finding.code) and any(_is_disease(other) for other in findings):
        return conditions + 1
    for place, group in enumerate(rules.behind, start=conditions + 2):
        if group.codes.fullmatch(finding.code):
            return place
    return conditions


def _is_disease(finding: Finding) -> bool:
    """Whether a finding is a disease that may have brought a sign: no sign itself, no chronic one, no status."""
    if finding.code[0] in "RZVWXY" or is_symptom(finding.code):
        return False
    return not is_notable(finding.code) and not is_chronic(finding.code)


def _wanted(order: Sequence[Finding], notes: Instructions) -> Wanted:
    """What must stand before what, and why. Only codes that a rule or a note brings together are compared."""
    wanted: Wanted = {}
    for one, other in _related(order, notes):
        why = _precedes(one, other, notes)
        if why is not None:
            wanted.setdefault(other.code, {})[one.code] = why
    return wanted


def _related(order: Sequence[Finding], notes: Instructions) -> Iterator[tuple[Finding, Finding]]:
    """The pairs, both ways round, that a rule of order or a note of the tabular list names."""
    for pair in order_rules().pairs:
        for one, other in product(
            [f for f in order if pair.first.fullmatch(f.code)], [f for f in order if pair.then.fullmatch(f.code)]
        ):
            yield from ((one, other), (other, one))
    ordered = sorted(order, key=lambda finding: finding.code.replace(".", ""))
    plain = [finding.code.replace(".", "") for finding in ordered]
    for finding in order:
        for named in (*notes.must_precede(finding.code), *notes.must_follow(finding.code)):
            for other in ordered[bisect_left(plain, named.first) : bisect_right(plain, f"{named.last}~")]:
                if other is not finding and named.covers(other.code):
                    yield from ((finding, other), (other, finding))


def _moved(order: list[Finding], wanted: Wanted) -> bool:
    """Bring the first finding that stands behind one it must precede before that one; whether there was any."""
    places = {finding.code: place for place, finding in enumerate(order)}
    for at, finding in enumerate(order):
        behind = [place for code in wanted.get(finding.code, ()) if (place := places[code]) > at]
        if behind:
            other = order.pop(min(behind))
            order.insert(at, other)
            finding.steps.append(f"Sequenced after {other.code}: {wanted[finding.code][other.code]}.")
            return True
    return False


def _precedes(one: Finding, other: Finding, notes: Instructions) -> str | None:
    """Why ``one`` stands before ``other``, or None."""
    for pair in order_rules().pairs:
        if pair.first.fullmatch(one.code) and pair.then.fullmatch(other.code):
            return pair.source
        if pair.first.fullmatch(other.code) and pair.then.fullmatch(one.code):
            return None
    note = notes.ordering(one.code, other.code)
    return f"{note.kind.value.replace('_', ' ')} note of the tabular list at {note.holder}" if note else None


def _why_first(finding: Finding, context: Context) -> str:
    for group in order_rules().ahead:
        if group.codes.fullmatch(finding.code):
            return f"First listed: {group.source}."
    if context.setting is Setting.FACILITY_INPATIENT:
        return "Principal: the first problem at discharge that no rule puts behind another (guidelines II)."
    return "First listed: the first reportable problem in the note's own order (guidelines IV.G)."
