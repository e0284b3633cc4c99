"""Claims in the making at random: code sets of every kind of wrongness, patients and dates, each code with its quote.

A claim's text is a line for each code, its description; a quote that is missing, altered or of the other side is drawn
now and then.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from chartstream.codesets import CodeSet
from chartstream.events.coding import (
    CodesProposed,
    CodeSystem,
    Coding,
    Diagnosis,
    DiagnosisRole,
    PresentOnAdmission,
    Procedure,
)
from chartstream.events.documents import DocumentStatus
from chartstream.events.encounter import ClaimType, Encounter, Facility, Patient, PatientFacts, Sex
from chartstream.events.extraction import Evidence, ExtractedDocument, ExtractedText
from chartstream.events.head import Action, ClaimCheck, Component, Head, Origin
from chartstream.texts import MEDIA_TYPE, encode_text

NOW = datetime(2026, 9, 1, tzinfo=UTC)
_FIRST_DAY, _DAYS = date(2025, 8, 1), 500
_INDICATORS = (None, *PresentOnAdmission)
_MODIFIERS = ("25", "59", "50", "LT", "RT", "26", "TC", "76", "91", "XS", "51", "95")


class MemoryStore:
    """A document store in memory."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}

    def get(self, uri: str, sha256: str) -> bytes:
        """The bytes stored under the address."""
        return self._contents[uri]

    def put(self, content: bytes, media_type: str) -> tuple[str, str]:
        """Store bytes under their hash."""
        digest = hashlib.sha256(content).hexdigest()
        self._contents[f"memory://{digest}"] = content
        return f"memory://{digest}", digest

    def clear(self) -> None:
        """Forget everything."""
        self._contents.clear()


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares of what is drawn, 0 to 1: claim types, code sets of charts (the others are random, which means injuries
    for the most part), faults in codes and quotes, claims with procedure lines.
    """

    professional: float
    outpatient: float
    charts: float
    faults: float
    procedures: float


USUAL = Mix(professional=0.7, outpatient=0.15, charts=0.9, faults=0.02, procedures=0.5)
"""About what a hospital's day looks like."""
WILD = Mix(professional=0.34, outpatient=0.33, charts=0.4, faults=0.3, procedures=0.3)
"""To find a wrong claim that gets through."""


class Claims:
    """An endless stream of claims, the same for the same seed. Texts lie in ``store``."""

    def __init__(self, codes: CodeSet, store: MemoryStore, seed: int, mix: Mix, sets: Sequence[Sequence[str]]) -> None:
        """``sets`` are code sets as they occur on charts, of which the claims are drawn in part."""
        self._codes = codes
        self._store = store
        self._random = random.Random(seed)
        self._mix = mix
        self._sets = [list(codes) for codes in sets]
        self._entries = [code for code in codes if "-" not in code and not code.isdigit()]
        self._billable = [code for code in self._entries if codes.is_billable(code)]

    def __iter__(self) -> Iterator[CodesProposed]:
        number = 0
        while True:
            number += 1
            yield self._claim(number)

    def _claim(self, number: int) -> CodesProposed:
        rng = self._random
        day = _FIRST_DAY + timedelta(days=rng.randrange(_DAYS)) if rng.random() < self._mix.faults else self._in_force()
        stay = rng.randrange(9)
        claim_type = self._claim_type()
        lines = self._lines(self._code_set())
        document, diagnoses = self._documented(lines, inpatient=claim_type is ClaimType.FACILITY_INPATIENT)
        age = rng.choice(
            (None, rng.randrange(0, 3), rng.randrange(0, 105), rng.randrange(0, 105), rng.randrange(18, 90))
        )
        sex = rng.choice(list(Sex))
        return CodesProposed(
            head=Head(
                event_id=f"event-{number}",
                tenant="any",
                encounter_id=f"encounter-{number}",
                encounter_version=1,
                occurred_at=NOW,
                produced_by="benchmark",
            ),
            action=Action.SUBMIT,
            origin=Origin.ENGINE,
            encounter=Encounter(
                claim_type=claim_type,
                complete=True,
                source="benchmark",
                service_from=day,
                service_through=day + timedelta(days=stay) if claim_type is ClaimType.FACILITY_INPATIENT else None,
                discharge_disposition=rng.choice((None, "01", "03", "20")),
                patient=Patient(patient_id="any", age_years=age, sex=sex),
                facility=Facility(facility_id="any", place_of_service=rng.choice(("11", "21", "22", "23"))),
            ),
            patient_facts=PatientFacts(age_years=age, age_days=rng.randrange(365) if age == 0 else None, sex=sex),
            documents=(document,),
            coding=Coding(
                diagnoses=diagnoses,
                procedures=self._procedures(
                    len(diagnoses), claim_type, day, diagnoses[0].evidence if diagnoses else ()
                ),
                extraction_confidence=1.0,
                coder=Component(name="random", version="1"),
            ),
        )

    def _in_force(self) -> date:
        release = self._codes.release
        return release.effective_from + timedelta(
            days=self._random.randrange((release.effective_to - release.effective_from).days - 9)
        )

    def _claim_type(self) -> ClaimType:
        drawn = self._random.random()
        if drawn < self._mix.professional:
            return ClaimType.PROFESSIONAL
        outpatient = drawn < self._mix.professional + self._mix.outpatient
        return ClaimType.FACILITY_OUTPATIENT if outpatient else ClaimType.FACILITY_INPATIENT

    def _code_set(self) -> list[str]:
        """A chart's codes, or random ones with others of their own neighbourhood."""
        rng = self._random
        chosen = list(rng.choice(self._sets)) if self._sets and rng.random() < self._mix.charts else []
        if not chosen or rng.random() < self._mix.faults:
            chosen += rng.choices(self._billable, k=rng.randrange(1, 9))
        if rng.random() < self._mix.faults:
            chosen.append(self._neighbour(rng.choice(chosen)))
        if rng.random() < self._mix.faults:
            rng.shuffle(chosen)
        return [self._faulty(code) if rng.random() < self._mix.faults / 10 else code for code in chosen]

    def _neighbour(self, code: str) -> str:
        """Another code of the same category, or whatever stands beside it in the list."""
        at = self._random.randrange(len(self._billable))
        near = [other for other in self._billable[max(0, at - 400) : at + 400] if other[:3] == code[:3]]
        return self._random.choice(near or self._billable[at : at + 40])

    def _faulty(self, code: str) -> str:
        rng = self._random
        return rng.choice(
            (
                rng.choice(self._entries),
                code[:-1],
                code.lower(),
                code.replace(".", ""),
                f"{code}X",
                rng.choice(("M54.5", "R51", "Z99.999", "I42.0", "D69.1", "")),
            )
        )

    def _lines(self, codes: Sequence[str]) -> list[tuple[str, str]]:
        """Each code with the line of the note that it rests on."""
        lines = []
        for code in codes:
            entry = self._codes.get(code)
            said = entry.description if entry is not None else "a condition"
            if self._random.random() < self._mix.faults / 5:
                said = said.replace("right", "left") if "right" in said else said.replace("left", "right")
            lines.append((code, said))
        return lines

    def _documented(
        self, lines: Sequence[tuple[str, str]], *, inpatient: bool
    ) -> tuple[ExtractedDocument, tuple[Diagnosis, ...]]:
        text = "Assessment\n" + "\n".join(said for _, said in lines)
        content = encode_text(ExtractedText(text=text))
        uri, sha256 = self._store.put(content, MEDIA_TYPE)
        check = ClaimCheck(uri=uri, sha256=sha256, size_bytes=len(content), media_type=MEDIA_TYPE)
        document = ExtractedDocument(
            document_id="note", status=DocumentStatus.FINAL, source=check, text=check, extraction_confidence=1.0
        )
        diagnoses, begin = [], len("Assessment\n")
        for place, (code, said) in enumerate(lines, start=1):
            diagnoses.append(self._diagnosis(place, code, said, begin, inpatient=inpatient))
            begin += len(said) + 1
        return document, tuple(diagnoses)

    def _diagnosis(self, place: int, code: str, said: str, begin: int, *, inpatient: bool) -> Diagnosis:
        rng = self._random
        external = code[:1] in {"V", "W", "X", "Y"}
        role = DiagnosisRole.PRINCIPAL if place == 1 else DiagnosisRole.SECONDARY
        if external and place > 1:
            role = DiagnosisRole.EXTERNAL_CAUSE
        stated = PresentOnAdmission.Y if rng.random() > self._mix.faults else rng.choice(_INDICATORS)
        return Diagnosis(
            sequence=place,
            system=CodeSystem.ICD_10_CM,
            code=code,
            description="",
            role=role,
            present_on_admission=stated if inpatient else None,
            origin=Origin.ENGINE,
            evidence=self._evidence(said, begin),
            extraction_confidence=1.0,
            code_confidence=1.0,
        )

    def _evidence(self, said: str, begin: int) -> tuple[Evidence, ...]:
        if self._random.random() < self._mix.faults / 20:
            return ()
        quoted = said if self._random.random() > self._mix.faults / 20 else f"{said}."
        digest = hashlib.sha256(quoted.encode()).hexdigest()
        return (Evidence(document_id="note", begin=begin, end=begin + len(said), quote_sha256=digest, role="code"),)

    def _procedures(
        self, diagnoses: int, claim_type: ClaimType, day: date, evidence: tuple[Evidence, ...]
    ) -> tuple[Procedure, ...]:
        rng = self._random
        if claim_type is ClaimType.FACILITY_INPATIENT or rng.random() > self._mix.procedures:
            return ()
        return tuple(
            Procedure(
                sequence=place,
                system=CodeSystem.CPT,
                code=f"{rng.choice((99213, 99214, 20610, 11102, 93000, 36415, 71046, 45380, 45385, 10060)):05d}",
                description="",
                modifiers=tuple(rng.sample(_MODIFIERS, rng.choice((0, 0, 0, 1, 1, 2)))),
                units=Decimal(rng.choice((1, 1, 1, 2))),
                performed_from=day,
                diagnosis_pointers=(rng.randrange(1, diagnoses + 1),) if diagnoses else (),
                origin=Origin.ENGINE,
                evidence=evidence,
                extraction_confidence=1.0,
                code_confidence=1.0,
            )
            for place in range(1, rng.randrange(1, 4) + 1)
        )
