"""A .jsonl of notes, one object a line, as ``chartstream code`` takes it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from chartstream.errors import ConfigurationError
from chartstream.events.encounter import ClaimType, Sex


class LinePatient(BaseModel):
    """The patient of a line: age in years, sex as a word."""

    model_config = ConfigDict(frozen=True)

    age: int | None = None
    sex: str | None = None


class NoteLine(BaseModel):
    """One note. Further keys, such as gold codes, are passed over."""

    model_config = ConfigDict(frozen=True)

    note_id: str
    text: str
    setting: Literal["outpatient", "inpatient", "professional", "facility_outpatient", "facility_inpatient"] = (
        "outpatient"
    )
    patient: LinePatient = LinePatient()

    @property
    def claim_type(self) -> ClaimType:
        """The claim type of the setting; a visit outside a hospital is a professional claim."""
        named = {"outpatient": ClaimType.PROFESSIONAL, "inpatient": ClaimType.FACILITY_INPATIENT}
        return named.get(self.setting) or ClaimType(self.setting.upper())

    @property
    def sex(self) -> Sex:
        """The patient's sex, where the line says female or male."""
        said = (self.patient.sex or "").strip().upper()
        return {"FEMALE": Sex.FEMALE, "F": Sex.FEMALE, "MALE": Sex.MALE, "M": Sex.MALE}.get(said, Sex.UNKNOWN)


def read_lines(path: Path) -> list[NoteLine]:
    """All notes of a file. Raises ``ConfigurationError`` naming the line at fault, without its content."""
    notes: list[NoteLine] = []
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    notes.append(_read(line, f"{path.name}, line {number}"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path.name} cannot be read: {type(error).__name__}; give a UTF-8 file") from error
    doubled = len(notes) - len({note.note_id for note in notes})
    if doubled:
        raise ConfigurationError(f"{path.name} has {doubled} note_id twice; give every note an id of its own")
    return notes


def places_in_original(original: str, extracted: str) -> list[tuple[int, int]]:
    """For every character of the extracted text where it stands in the line's own text (begin, end exclusive).

    Extraction brings line ends and combined letters into one form and drops spaces at line ends; offsets of
    predictions count in the text as it was given. Raises ``ValueError`` when the texts differ in any other way.
    """
    places: list[tuple[int, int]] = []
    for begin, end in _clusters(original):
        known = _normal(original[begin:end])
        if extracted.startswith(known, len(places)):
            places.extend([(begin, end)] * len(known))
        elif known.strip() not in ("", "\ufeff"):
            break
    if len(places) != len(extracted):
        raise ValueError("the extracted text is not the note's")
    return places


def _read(line: str, place: str) -> NoteLine:
    try:
        return NoteLine.model_validate_json(line)
    except ValidationError as error:
        # without its input, which is a patient's
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'line'}: {fault['msg']}"
            for fault in error.errors(include_input=False, include_context=False, include_url=False)
        )
        raise ConfigurationError(f"{place} is no note: {faults}") from None


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Stretches that may become one character: a letter with its marks, a carriage return with its line feed."""
    begin = 0
    for at in range(1, len(text) + 1):
        joined = at < len(text) and (unicodedata.combining(text[at]) or text[at - 1 : at + 1] == "\r\n")
        if not joined:
            yield begin, at
            begin = at


def _normal(cluster: str) -> str:
    plain = cluster.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\u00a0", " ")
    return unicodedata.normalize("NFC", plain)
