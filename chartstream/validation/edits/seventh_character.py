"""The seventh character: there, behind its placeholders, and right for the episode of care."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.episodes import (
    Care,
    episode_words,
    heals,
    is_injury,
    says,
)
from chartstream.validation.references import plain
from chartstream.validation.registry import Hit, Registry
from chartstream.validation.spelling import printed, with_placeholders, without_seventh

registry = Registry()

_EXTERNAL = ("V", "W", "X", "Y")
_OCCURRENCE = ("Y92", "Y93", "Y99")
_ROUTINE = "routine healing"


@registry.edit(
    Severity.BLOCKS,
    source="ICD-10-CM Official Guidelines I.A.5: a code that has a seventh character is invalid without it",
    remedy="add the seventh character that the documentation supports",
    example={"codes": ["S72.001"]},
)
def seventh_character_missing(claim: Claim) -> Iterator[Hit]:
    """A code that is complete but for its seventh character (and the placeholders before it)."""
    for codes, code in claim.irregular:
        if complete := without_seventh(codes, code):
            characters = ", ".join(one[-1] for one in complete)
            yield Hit(f"{code} needs a seventh character ({complete[0][:-1]}_): {characters}", (code,))


@registry.edit(
    Severity.BLOCKS,
    source="ICD-10-CM Official Guidelines I.A.4 and I.A.5: X fills the empty places before a seventh character",
    remedy="write the code with the placeholders that the tabular list prints",
    example={"codes": ["S01.01A"]},
)
def placeholder_wrong(claim: Claim) -> Iterator[Hit]:
    """A code of the release but for a placeholder X that is missing, in another place or too much."""
    for codes, code in claim.irregular:
        if printed(codes, code) is None and (meant := with_placeholders(codes, code)):
            yield Hit(f"{code} is printed {' or '.join(meant)}", (code,))


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.C.19.a: one seventh character for an injury in an encounter; I.B.10: no "
    "code of the injury itself beside that of its sequela",
    remedy="keep the code of the episode that this encounter belongs to",
    example={"codes": ["S52.501A", "S52.501D"]},
)
def episode_mixed(claim: Claim) -> Iterator[Hit]:
    """One injury with two seventh characters."""
    for one, other in combinations(dict.fromkeys(d.code for d, _ in claim.episodes), 2):
        if plain(one)[:-1] == plain(other)[:-1]:
            yield Hit(f"{one} and {other} are one condition in two episodes of care", (one, other))


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.C.20.a.2: the seventh character of an external cause is that of the injury",
    remedy="give the external cause the seventh character of the injury or condition that it explains",
    example={"codes": ["S52.501D", "W19.XXXA"]},
)
def external_cause_episode(claim: Claim) -> Iterator[Hit]:
    """An external cause for another episode of care than every injury or condition with a seventh character."""
    treated = {episode.care for d, episode in claim.episodes if not d.code.startswith(_EXTERNAL)}
    for diagnosis, episode in claim.episodes:
        code = diagnosis.code
        if code.startswith(_EXTERNAL) and treated and episode.care not in treated:
            stated = " and ".join(sorted(one.value for one in treated))
            yield Hit(f"{code} says {episode.care.value}, what it explains {stated}", (code,))


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.C.20.b, I.C.20.c and I.C.20.k: place, activity and status are stated once, "
    "at the initial encounter",
    remedy="remove the place, activity or status code, or check the seventh character of the injury",
    example={"codes": ["S52.501D", "Y92.009"]},
)
def occurrence_restated(claim: Claim) -> Iterator[Hit]:
    """A place of occurrence, activity or status although no injury is in its initial encounter."""
    treated = {episode.care for _, episode in claim.episodes}
    if treated and Care.INITIAL not in treated:
        for diagnosis in claim.icd10cm:
            if (code := diagnosis.code).startswith(_OCCURRENCE):
                yield Hit(f"{code} belongs to the initial encounter, the injuries are past it", (code,))


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.C.21.c.7: aftercare Z codes are not used for injuries",
    remedy="give the injury's code with the seventh character for subsequent care in place of the aftercare code; "
    "acknowledge an aftercare that is none of the injury",
    example={"codes": ["Z47.89", "S52.501D"]},
)
def aftercare_of_injury(claim: Claim) -> Iterator[Hit]:
    """Orthopaedic or surgical aftercare beside the code of an injury, or resting on a sentence about one."""
    words = episode_words()
    for diagnosis in claim.icd10cm:
        code = diagnosis.code
        if not code.startswith(words.aftercare):
            continue
        treated = (d.code for d, episode in claim.episodes if is_injury(d.code) and episode.care is not Care.SEQUELA)
        injury = next(treated, None)
        if injury is not None:
            yield Hit(f"{code} is no aftercare of an injury: {injury} says it by its seventh character", (code, injury))
        elif any(says(words.injury_words, said) for said in claim.quotes.sentences(diagnosis.evidence)):
            yield Hit(f"{code} rests on a sentence about an injury, whose own code says aftercare", (code,))


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.C.19.a: initial while treated actively, subsequent while it heals, sequela "
    "for what it leaves",
    remedy="look at the words; choose the seventh character of the episode, or acknowledge that treatment is active",
    example={
        "codes": [{"code": "S52.501A", "quote": "distal radius fracture"}],
        "text": "Follow-up visit for her distal radius fracture, healing well.",
    },
)
def episode_contradicted(claim: Claim) -> Iterator[Hit]:
    """The seventh character of an injury for another episode of care than the sentence of its evidence tells of."""
    for code, episode, sentences in claim.injuries_told:
        told = _care_told(sentences)
        if told and episode.care not in told:
            words = " or ".join(sorted(care.value for care in told))
            yield Hit(f"{code} says {episode.care.value}, its evidence {words}", (code,))


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.C.19.c.1: nonunion, malunion and delayed healing have seventh characters",
    remedy="choose the seventh character of the healing that is documented",
    example={
        "codes": [{"code": "S52.501D", "quote": "fracture"}],
        "text": "Nonunion of the distal radius fracture.",
    },
)
def fracture_healing_contradicted(claim: Claim) -> Iterator[Hit]:
    """The seventh character of a fracture that says another healing than the sentence of its evidence."""
    codes = claim.code_set
    for code, episode, sentences in claim.injuries_told:
        healing = episode_words().healing
        told = [how for how in healing if any(says(healing[how], said) for said in sentences)]
        if codes is None or len(told) != 1 or told[0] == episode.healing or not heals(codes, code, told[0]):
            continue
        if episode.care is Care.SUBSEQUENT or told[0] != _ROUTINE:
            yield Hit(f"{code} does not say {told[0]}, its evidence does", (code,))


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.C.19.c: a fracture is coded open or closed as documented, else closed",
    remedy="choose the seventh character of an open or of a closed fracture, as documented",
    example={
        "codes": [{"code": "S52.501A", "quote": "fracture"}],
        "text": "Open fracture of the distal radius.",
    },
)
def fracture_type_contradicted(claim: Claim) -> Iterator[Hit]:
    """The seventh character of a closed fracture on words of an open one, or the other way round."""
    words = episode_words()
    for code, episode, sentences in claim.injuries_told:
        if episode.opened is None:
            continue
        told = {
            opened
            for opened, expression in ((True, words.open), (False, words.closed))
            if any(says(expression, said) for said in sentences)
        }
        if told == {not episode.opened}:
            one, other = ("open", "closed") if episode.opened else ("closed", "open")
            yield Hit(f"{code} says {one} fracture, its evidence {other}", (code,))


def _care_told(sentences: Sequence[str]) -> set[Care]:
    words = episode_words()
    expressions = ((Care.SEQUELA, words.sequela), (Care.SUBSEQUENT, words.subsequent), (Care.INITIAL, words.initial))
    return {care for care, expression in expressions if any(says(expression, said) for said in sentences)}
