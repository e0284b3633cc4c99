"""Whether a message is about the encounter's patient."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from chartstream.events.encounter import Patient, Sex
from chartstream.intake.envelope import StatedPatient

_TOLD_APART = frozenset({Sex.FEMALE, Sex.MALE})


def contradictions(patient: Patient, stated: StatedPatient) -> list[str]:
    """What differs between the submission's patient and the message's, in words, without any value.

    Only what both state in the clear is compared. Names differ when they have no word in common. Systems number
    patients each in their own way, so another record number counts only where no birth date confirms the patient.
    """
    return list(_differences(patient, stated))


def _differences(patient: Patient, stated: StatedPatient) -> Iterator[str]:
    confirmed = False
    if isinstance(patient.birth_date, str) and stated.birth_date is not None:
        confirmed = patient.birth_date == stated.birth_date.isoformat()
        if not confirmed:
            yield "birth date"
    if {patient.sex, stated.sex} == _TOLD_APART:
        yield "sex"
    if isinstance(patient.name, str):
        ours, theirs = _words(patient.name), _words(stated.name)
        if ours and theirs and not ours & theirs:
            yield "name"
    if isinstance(patient.record_number, str) and stated.record_numbers and not confirmed:
        number = _number(patient.record_number)
        if number not in {_number(each) for each in stated.record_numbers}:
            yield "record number"


def _words(name: str) -> set[str]:
    plain = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    return {word for word in "".join(c if c.isalpha() else " " for c in plain.casefold()).split() if len(word) > 1}


def _number(text: str) -> str:
    return "".join(c for c in text if c.isalnum()).lstrip("0").casefold()
