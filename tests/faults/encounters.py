"""Invented encounters: what is submitted when, and what its content alone must lead to."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from chartstream.events.documents import Document, DocumentStatus, NoteSubmitted
from chartstream.events.encounter import ClaimType, Encounter, Patient, Provider, ProviderRole, Sex
from chartstream.events.head import Action, ClaimCheck, Head

TENANT = "invented-clinic"


class Fate(StrEnum):
    """Where the content of a submission leads."""

    CODED = "coded"
    REVIEW = "review"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Submission:
    """One record to publish, ``at`` seconds after the first; ``trace`` (32 hexadecimal digits) follows it everywhere.

    Two submissions with the same ``content`` differ at most in their event's id.
    """

    at: float
    trace: str
    content: str
    fate: Fate
    event: NoteSubmitted

    @property
    def encounter_id(self) -> str:
        """The encounter, which is the record's key."""
        return self.event.head.encounter_id

    @property
    def version(self) -> int:
        """The encounter's version."""
        return self.event.head.encounter_version


# How an encounter is told, by weight: each entry is the sequence of (version, letter of the content).
_STORIES: Mapping[str, tuple[int, tuple[tuple[int, str], ...]]] = {
    "once": (66, ((1, "a"),)),
    "sent again": (8, ((1, "a"), (1, "a"))),
    "second version": (8, ((1, "a"), (2, "b"))),
    "older after newer": (5, ((2, "b"), (1, "a"))),
    "older version again": (4, ((1, "a"), (2, "b"), (1, "a"))),
    "withdrawn": (5, ((1, "a"), (2, "w"))),
    "withdrawn and resubmitted": (1, ((1, "a"), (2, "w"), (3, "c"))),
    "withdrawn before it came": (1, ((2, "w"), (1, "a"))),
    "same version, other content": (2, ((1, "a"), (1, "b"))),
}


def encounters(count: int, seconds: float, seed: int) -> list[Submission]:
    """Submissions of ``count`` encounters that begin evenly over ``seconds``, in the order in which they are sent."""
    rng = random.Random(seed)
    names, weights = list(_STORIES), [weight for weight, _ in _STORIES.values()]
    told = [name for name in names for _ in range(max(1, count * _STORIES[name][0] // sum(weights)))][:count]
    told += rng.choices(names, weights, k=count - len(told))
    rng.shuffle(told)
    submissions: list[Submission] = []
    for number, name in enumerate(told):
        begin = seconds * number / count
        submissions.extend(_told(_STORIES[name][1], (begin, seconds), f"{seed}-{number}", rng))
    return sorted(submissions, key=lambda submission: submission.at)


def coded_note(number: int, rng: random.Random) -> Submission:
    """One plain encounter that is coded: traffic for measuring."""
    (submission,) = _told(((1, "a"),), (0.0, 0.0), f"measured-{number}", rng, plain=True)
    return submission


def _told(
    story: tuple[tuple[int, str], ...],
    times: tuple[float, float],
    name: str,
    rng: random.Random,
    *,
    plain: bool = False,
) -> Iterator[Submission]:
    """The submissions of one encounter. ``times``: when it begins, and over how long all encounters are told."""
    encounter_id = f"{rng.getrandbits(160):040x}"
    contents: dict[str, tuple[Fate, dict[str, Any]]] = {}
    (at, seconds), previous_id = times, ""
    for step, (version, letter) in enumerate(story):
        if letter not in contents:
            contents[letter] = (
                _withdrawal() if letter == "w" else (_coded if plain else _any_maker(rng))(f"{name}{letter}", rng)
            )
        fate, content = contents[letter]
        # what is sent again may be the very event or a new one that says the same
        again = letter in {told for _, told in story[:step]}
        event_id = previous_id if again and rng.random() < 0.5 else f"submission-{name}-{step}"
        previous_id = previous_id or event_id
        head = Head(
            event_id=event_id,
            tenant=TENANT,
            encounter_id=encounter_id,
            encounter_version=version,
            occurred_at=datetime.now(UTC),
            produced_by="fault-harness/1",
        )
        event = NoteSubmitted(head=head, **content)
        yield Submission(at, f"{rng.getrandbits(128):032x}", letter, fate, event)
        at += rng.uniform(0.0, min(20.0, seconds * 0.2))


_Maker = Callable[[str, random.Random], tuple[Fate, dict[str, Any]]]


def _any_maker(rng: random.Random) -> _Maker:
    weights = {_coded: 70, _held_back: 20, _faulty: 10}
    return rng.choices(list(weights), list(weights.values()))[0]


def _coded(name: str, rng: random.Random) -> tuple[Fate, dict[str, Any]]:
    return Fate.CODED, _content(name, rng)


def _held_back(name: str, rng: random.Random) -> tuple[Fate, dict[str, Any]]:
    """Each of the stages that ask a person does: intake, extraction, routing."""
    variants: tuple[Callable[[], dict[str, Any]], ...] = (
        lambda: _content(name, rng, status=DocumentStatus.UNSIGNED),
        lambda: _content(name, rng, complete=False),
        lambda: _content(name, rng, service_from=None),
        lambda: _content(name, rng, problems=[_words()["sensitive"]]),
        # the day after the last release that is installed
        lambda: _content(name, rng, service_from=date(2026, 10, 1)),
    )
    return Fate.REVIEW, rng.choice(variants)()


def _faulty(name: str, rng: random.Random) -> tuple[Fate, dict[str, Any]]:
    gone = ClaimCheck(uri="gone", sha256="0" * 64, size_bytes=1, media_type="text/plain")
    day = _day(rng)
    variants: tuple[Callable[[], dict[str, Any]], ...] = (
        lambda: _content(name, rng) | {"documents": ()},
        lambda: _content(name, rng, text=" \n"),
        lambda: _content(name, rng, service_from=day, service_through=day - timedelta(days=1)),
        lambda: _content(name, rng) | {"encounter": None},
        lambda: _content(name, rng, text=None, claim_check=gone),
    )
    return Fate.REJECTED, rng.choice(variants)()


def _withdrawal() -> tuple[Fate, dict[str, Any]]:
    return Fate.WITHDRAWN, {"action": Action.WITHDRAW, "withdrawal_reason": "registered under a wrong patient"}


def _content(
    name: str,
    rng: random.Random,
    *,
    status: DocumentStatus = DocumentStatus.FINAL,
    problems: list[str] | None = None,
    text: str | None = "",
    claim_check: ClaimCheck | None = None,
    **encounter: Any,
) -> dict[str, Any]:
    """Action, encounter and documents of a submission; ``text`` "" stands for a note with the given problems."""
    patient = Patient(patient_id=f"patient-{name}", sex=rng.choice([Sex.FEMALE, Sex.MALE]), birth_date="1968-05-17")
    described = {
        "claim_type": ClaimType.PROFESSIONAL,
        "complete": True,
        "source": "invented-ehr",
        "service_from": _day(rng),
        "patient": patient,
        "providers": (Provider(role=ProviderRole.RENDERING, provider_id="provider-1"),),
    } | encounter
    body = note(rng, problems) if text == "" else text
    document = Document(document_id=f"note-{name}", status=status, inline_text=body, claim_check=claim_check)
    return {"action": Action.SUBMIT, "encounter": Encounter(**described), "documents": (document,)}


def note(rng: random.Random, problems: list[str] | None = None) -> str:
    """A short visit note with the given problems, or one or two of the plain ones."""
    words = _words()
    chosen = problems or rng.sample(words["problems"], rng.randint(1, 2))
    listed = "\n".join(f"{place}. {problem}" for place, problem in enumerate(chosen, start=1))
    template = (
        f"Subjective:\n{rng.choice(words['openings'])}\n\nObjective:\n{rng.choice(words['findings'])}\n\n"
        f"Assessment and Plan:\n{listed}\n"
    )
    return template.format(
        feeling=rng.choice(words["feelings"]),
        weeks=rng.randint(2, 26),
        systolic=rng.randint(110, 139),
        diastolic=rng.randint(65, 85),
        pulse=rng.randint(58, 92),
        weight=rng.randint(50, 99),
        dose=rng.choice([5, 10, 20, 40]),
    )


def _day(rng: random.Random) -> date:
    return date(2026, 4, 1) + timedelta(days=rng.randrange(180))


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text())
    return words
