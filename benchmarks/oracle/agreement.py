"""Our verdicts beside a judge's, claim by claim, and the differences that the docs explain."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from benchmarks.oracle.judges import Counting, TableJudge
from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.edits import EDITS, code_set, seventh_character
from chartstream.validation.patient_rules import patient_rules

OURS: Final = {
    "age_conflict": "age",
    "sex_conflict": "sex",
    "unacceptable_principal": "unacceptable principal",
    "questionable_admission": "questionable admission",
    "manifestation_first": "manifestation as principal",
    "external_cause_first": "external cause as principal",
    "wrong_procedure_performed": "wrong procedure",
    **{
        edit.name: "invalid code"
        for edit in (*code_set.registry, *seventh_character.registry)
        if edit.severity is Severity.BLOCKS and edit.name != "code_repeated"
    },
}
"""Our edits by the verdict that each stands for."""
_EDITS: Final = tuple(edit for edit in EDITS if edit.name in OURS)
_OF_INVALID_TOO: Final = ("manifestation as principal", "external cause as principal")
_AFTERCARE: Final = "Z51.89"
_OWN_AGES: Final = frozenset(rule.name for rule in patient_rules().age if rule.prefixes)


@dataclass
class Verdict:
    """How often a verdict was given by both, by us alone, by the judge alone, over ``claims``."""

    claims: int = 0
    both: int = 0
    ours_alone: int = 0
    judge_alone: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def differing(self) -> int:
        """Codes on which one of the two stands alone."""
        return self.ours_alone + self.judge_alone

    @property
    def agreeing(self) -> float:
        """The share of the codes named by either that both name."""
        return self.both / (self.both + self.differing) if self.both + self.differing else 1.0

    def add(self, both: int, ours_alone: int, judge_alone: int, examples: Sequence[str]) -> None:
        """Counts one claim."""
        self.claims += 1
        self.both += both
        self.ours_alone += ours_alone
        self.judge_alone += judge_alone
        self.examples.extend(examples)


@dataclass
class Agreement:
    """All verdicts of one comparison; ``explained`` counts what was set aside, by reason."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    explained: Counter[str] = field(default_factory=Counter)

    def figures(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {"verdicts": {name: asdict(kept) for name, kept in self.verdicts.items()}, "set aside": +self.explained}


def with_table(claims: Iterable[Claim], judge: TableJudge) -> Agreement:
    """Code by code: the table names the codes."""
    agreement = Agreement({verdict: Verdict() for verdict in judge.judges})
    for claim in claims:
        ours = _ours(claim, agreement.explained)
        theirs = {verdict: set(codes) for verdict, codes in judge.named(claim).items()}
        _set_aside(claim, ours, theirs, agreement.explained)
        for verdict, kept in agreement.verdicts.items():
            mine, other = ours.get(verdict, set()), theirs.get(verdict, set())
            kept.add(len(mine & other), len(mine - other), len(other - mine), sorted(mine ^ other))
    return agreement


def with_editor(claims: Iterable[Claim], judge: Counting, verdicts: Iterable[str]) -> Agreement:
    """Count by count: the editor does not name the codes."""
    agreement = Agreement({verdict: Verdict() for verdict in verdicts})
    for claim in claims:
        ours, theirs = _ours(claim, agreement.explained), judge.counted(claim)
        for verdict, kept in agreement.verdicts.items():
            mine, other = len(ours.get(verdict, ())), theirs[verdict]
            at_fault = sorted(ours.get(verdict, ())) or [claim.diagnoses[0].code]
            kept.add(min(mine, other), max(0, mine - other), max(0, other - mine), at_fault if mine != other else ())
    return agreement


def _ours(claim: Claim, explained: Counter[str]) -> dict[str, set[str]]:
    """The codes that our edits name, without what we say beyond the editor: by a rule of the guidelines, and of codes
    that are held back as invalid besides.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for edit in _EDITS:
        for hit in edit.hits(claim):
            own = next((name for name in _OWN_AGES if hit.message.endswith(f"({name})")), None)
            if own is not None:
                explained[f"age: {own}"] += 1
            else:
                found[OURS[edit.name]].update(hit.codes)
    for verdict in _OF_INVALID_TOO:
        both = found[verdict] & found["invalid code"]
        found[verdict] -= both
        explained[f"{verdict}: the code is invalid besides"] += len(both)
    return found


def _set_aside(claim: Claim, ours: dict[str, set[str]], theirs: dict[str, set[str]], explained: Counter[str]) -> None:
    """Takes out what the docs explain: chapter 15 by its guideline, and aftercare beside what it is for."""
    mothers = {code for code in ours.get("sex", set()) - theirs.get("sex", set()) if code.startswith("O")}
    ours["sex"] = ours.get("sex", set()) - mothers
    explained["sex: chapter 15 is the mother's"] += len(mothers)
    listed = theirs.get("unacceptable principal", set())
    if _AFTERCARE in listed - ours.get("unacceptable principal", set()) and len(claim.diagnoses) > 1:
        listed.discard(_AFTERCARE)
        explained["unacceptable principal: Z51.89 beside a secondary diagnosis"] += 1
