"""What must come out, counted from what was published alone, and how what did come out compares."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tests.faults.encounters import Fate, Submission

SUPERSEDED = "review superseded"
REQUESTED = "review requested"
REJECTED = "rejected"


class Seen(NamedTuple):
    """One event that came out, and the submission whose trace it carries."""

    trace: str
    what: str
    """In the words of ``expected``: ``claim original 1``, ``review requested``, ``audit submission_fenced`` …"""
    topic: str
    stage: str
    partition: int
    offset: int
    at: float
    """When it was received, in seconds since 1970."""


@dataclass(frozen=True)
class Verdict:
    """The comparison. Everything but ``right`` must be empty."""

    right: Counter[str]
    lost: Counter[str]
    duplicated: Counter[str]
    unexpected: Counter[str]
    out_of_order: int
    """Encounters of which some topic has the answers of one stage in another order than their submissions."""

    @property
    def holds(self) -> bool:
        """Whether nothing is lost, duplicated, unexpected or out of order."""
        return not (self.lost or self.duplicated or self.unexpected or self.out_of_order)


def expected(published: Sequence[Submission]) -> dict[str, Counter[str]]:
    """What each submission's trace must lead to. ``published`` is in the order in which the topic holds it."""
    by_encounter: dict[str, list[Submission]] = defaultdict(list)
    for submission in published:
        by_encounter[submission.encounter_id].append(submission)
    answers: dict[str, Counter[str]] = {}
    for submissions in by_encounter.values():
        answers |= _of_encounter(submissions)
    return answers


def _of_encounter(submissions: Sequence[Submission]) -> Iterable[tuple[str, Counter[str]]]:
    """The rules of delivery, in their plainest form: the highest version so far decides what a submission is."""
    latest: Submission | None = None
    revision, billed = 0, False
    answers = []
    for submission in submissions:
        answer: Counter[str] = Counter()
        if latest is not None and submission.version <= latest.version:
            answer[_old(submission, latest)] += 1
            answers.append((submission.trace, answer))
            continue
        if latest is not None:
            answer[SUPERSEDED] += 1
        if submission.fate is Fate.CODED:
            revision += 1
            answer[f"claim {'replacement' if billed else 'original'} {revision}"] += 1
            billed = True
        elif submission.fate is Fate.WITHDRAWN and billed:
            revision += 1
            answer[f"claim void {revision}"] += 1
            billed = False
        elif submission.fate is Fate.WITHDRAWN:
            answer["audit withdrawal_of_unknown" if latest is None else "audit withdrawal_without_claim"] += 1
        else:
            answer[REQUESTED if submission.fate is Fate.REVIEW else REJECTED] += 1
        latest = submission
        answers.append((submission.trace, answer))
    return answers


def _old(submission: Submission, latest: Submission) -> str:
    if submission.version < latest.version:
        return "audit submission_fenced"
    return "audit submission_duplicate" if submission.content == latest.content else REJECTED


def compare(published: Sequence[Submission], seen: Sequence[Seen]) -> Verdict:
    """Hold what came out against what must come out, submission by submission."""
    must = expected(published)
    came: dict[str, Counter[str]] = defaultdict(Counter)
    for each in seen:
        came[each.trace][each.what] += 1
    right: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    duplicated: Counter[str] = Counter()
    unexpected: Counter[str] = Counter()
    for trace in must.keys() | came.keys():
        wanted, got = must.get(trace, Counter()), came.get(trace, Counter())
        right += wanted & got
        lost += wanted - got
        for what, number in (got - wanted).items():
            (duplicated if what in wanted else unexpected)[what] += number
    return Verdict(right, lost, duplicated, unexpected, _out_of_order(published, seen))


def missing(must: Mapping[str, Counter[str]], seen: Iterable[Seen]) -> int:
    """How many of the events that must come out have not come yet."""
    left = {trace: Counter(wanted) for trace, wanted in must.items()}
    for each in seen:
        if each.trace in left:
            left[each.trace][each.what] -= 1
    return sum(number for wanted in left.values() for number in wanted.values() if number > 0)


def _out_of_order(published: Sequence[Submission], seen: Sequence[Seen]) -> int:
    place = {submission.trace: number for number, submission in enumerate(published)}
    encounter = {submission.trace: submission.encounter_id for submission in published}
    answered: dict[tuple[str, str, str], list[tuple[int, int, int]]] = defaultdict(list)
    for each in seen:
        if each.trace in place:
            # several stages write to one topic side by side; the order of each of them must hold
            writer = (encounter[each.trace], each.topic, each.stage)
            answered[writer].append((each.partition, each.offset, place[each.trace]))
    wrong = {key[0] for key, places in answered.items() if not _in_order(places)}
    return len(wrong)


def _in_order(places: list[tuple[int, int, int]]) -> bool:
    """Whether all stand in one partition, and their submissions came in the order of their offsets."""
    ordered = [submitted for _, _, submitted in sorted(places)]
    return len({partition for partition, _, _ in places}) == 1 and ordered == sorted(ordered)
