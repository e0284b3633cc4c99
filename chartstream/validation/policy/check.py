"""A policy examined: its own examples, rules that oppose each other, rules that never add anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations
from typing import Any

from chartstream.validation.edits import EDITS
from chartstream.validation.policy.asked import names_found
from chartstream.validation.policy.compiled import Compiled
from chartstream.validation.policy.conflicts import Pair, conflict
from chartstream.validation.policy.edits import compiled
from chartstream.validation.policy.formula import applies
from chartstream.validation.policy.load import LoadedPolicy
from chartstream.validation.policy.model import Rule
from chartstream.validation.policy.satisfying import Answer, apart, severity
from chartstream.validation.policy.shadows import never_fires, shadows
from chartstream.validation.registry import Edit


@dataclass(frozen=True, slots=True)
class Difference:
    """An example on which the rules find something else than it states."""

    file: str
    example: str
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]


class Kind(StrEnum):
    """What a remark is about."""

    CONFLICT = "conflict"
    NEVER_FIRES = "never fires"
    SHADOWED = "shadowed"
    NOT_DECIDED = "not decided"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about one rule, or about two. ``claim``, in the form of the examples, shows it."""

    kind: Kind
    rule: str
    other: str | None
    text: str
    claim: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All that came of an examination. ``places``: file and line of each rule, by its name."""

    examples: int
    differences: tuple[Difference, ...]
    remarks: tuple[Remark, ...]
    places: dict[str, tuple[str, int]]

    @property
    def sound(self) -> bool:
        """Whether the examples hold and no two rules oppose each other."""
        return not self.differences and all(remark.kind is not Kind.CONFLICT for remark in self.remarks)


def examined(policies: Sequence[LoadedPolicy], edits: Sequence[Edit] = EDITS) -> Report:
    """The examples of each policy, and the rules of all of them beside each other.

    Raises ``ConfigurationError`` for a name in use, and for an edit that a rule names and that is none.
    """
    ready = {rule.name: rule for rule in compiled(policies, edits)}
    rules = [rule for loaded in policies for rule in loaded.policy.rules]
    return Report(
        examples=sum(len(loaded.policy.examples) for loaded in policies),
        differences=tuple(found for loaded in policies for found in _differences(loaded, ready)),
        remarks=tuple(_remarks(rules, ready)),
        places={name: (loaded.name, line) for loaded in policies for name, line in loaded.lines.items()},
    )


def _differences(loaded: LoadedPolicy, ready: dict[str, Compiled]) -> Iterator[Difference]:
    own = [ready[one.name] for one in loaded.policy.named]
    for example in loaded.policy.examples:
        found, stated = names_found(own, example.claim), set(example.expect)
        if found != stated:
            missing, unexpected = sorted(stated - found), sorted(found - stated)
            yield Difference(loaded.name, example.name, tuple(missing), tuple(unexpected))


def _remarks(rules: Sequence[Rule], ready: dict[str, Compiled]) -> Iterator[Remark]:
    living = []
    for rule in rules:
        if (answer := never_fires(rule)) is Answer.YES:
            yield Remark(Kind.NEVER_FIRES, rule.name, None, "its dates or conditions contradict each other")
            continue
        if answer is Answer.NOT_DECIDED:
            yield Remark(Kind.NOT_DECIDED, rule.name, None, "its conditions are too many to say whether it can fire")
        living.append(rule)
    yield from _shadowed(living)
    yield from _conflicts(living, ready)


def _shadowed(rules: Sequence[Rule]) -> Iterator[Remark]:
    dropped: set[str] = set()
    for later, rule in reversed(list(enumerate(rules))):
        for place, general in enumerate(rules):
            if place == later or general.name in dropped or apart(general, rule):
                continue
            answer = shadows(general, rule)
            if answer is Answer.YES:
                dropped.add(rule.name)
                text = f"{general.name} ({severity(general)}) fires wherever it does; it never adds anything"
                yield Remark(Kind.SHADOWED, rule.name, general.name, text)
                break
            if answer is Answer.NOT_DECIDED:
                text = "whether the one always fires with the other cannot be decided from their conditions"
                yield Remark(Kind.NOT_DECIDED, rule.name, general.name, text)


def _conflicts(rules: Sequence[Rule], ready: dict[str, Compiled]) -> Iterator[Remark]:
    seen: set[tuple[str, str]] = set()
    opposes = {rule.name: applies(rule) for rule in rules}
    for demanding, opposing in permutations(rules, 2):
        if (opposing.name, demanding.name) in seen or apart(demanding, opposing):
            continue
        found = conflict(Pair(demanding, opposing, opposes[opposing.name], ready[demanding.name], ready[opposing.name]))
        if found is None:
            continue
        seen.add((demanding.name, opposing.name))
        if found.answer is Answer.YES:
            text = f"it requires {found.what}, with which {opposing.name} holds the claim back"
            yield Remark(Kind.CONFLICT, demanding.name, opposing.name, text, found.claim)
        else:
            text = f"it requires {found.what}, which {opposing.name} looks at; whether they can oppose is open"
            yield Remark(Kind.NOT_DECIDED, demanding.name, opposing.name, text)
