"""The sample encounters as a publisher would submit them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from chartstream.client import ClaimType, DocumentStatus, Encounter, Note, NotePublisher, Patient, Sex
from chartstream.demonstration.sheet import Row
from chartstream.errors import ConfigurationError
from chartstream.events.encounter import Billing, Facility, Provider, ProviderRole

_STATUS = {"signed": DocumentStatus.FINAL, "final": DocumentStatus.FINAL, "amended": DocumentStatus.AMENDED}
_STATUS |= {"unsigned": DocumentStatus.UNSIGNED, "preliminary": DocumentStatus.PRELIMINARY}


@dataclass(frozen=True, slots=True)
class Sample:
    """One submission or withdrawal of the manifest."""

    name: str
    visit: str
    version: int
    encounter: Encounter
    billing_provider: str
    files: tuple[tuple[Path, DocumentStatus, str], ...]
    withdrawal: str | None
    expected_codes: tuple[str, ...] | None
    """Codes that a coder assigned, the first-listed first; none where the sample does not end in a claim."""

    def publish(self, publisher: NotePublisher, run: str) -> Row | None:
        """Publish it under a visit of this run's own; its row, none for a withdrawal."""
        visit = f"{self.visit}/{run}"
        if self.withdrawal is not None:
            publisher.withdraw(
                visit,
                self.encounter.claim_type,
                version=self.version,
                billing_provider=self.billing_provider,
                reason=self.withdrawal,
            )
            return None
        notes = [
            Note(f"{self.name}-{number}", path.read_bytes(), status, kind=kind)
            for number, (path, status, kind) in enumerate(self.files, 1)
        ]
        published = publisher.publish(
            visit, self.encounter, notes, version=self.version, billing_provider=self.billing_provider
        )
        name = self.name if self.version == 1 else f"{self.name} v{self.version}"
        media = ", ".join(path.suffix.removeprefix(".") for path, _, _ in self.files)
        setting = self.encounter.claim_type.value.lower().rpartition("_")[2]
        return Row((published.encounter_id, self.version), name, setting, media)


def samples(folder: Path) -> list[Sample]:
    """All samples of ``folder/encounters.yaml`` in the order of publication. Raises ``ConfigurationError``."""
    manifest = folder / "encounters.yaml"
    try:
        content = yaml.safe_load(manifest.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"{manifest}: {error.strerror}; name the folder of the samples with --samples (a source tree has one)"
        ) from error
    return [
        sample
        for entry in content["encounters"]
        for sample in _versions(content["defaults"] | entry, folder / "documents")
    ]


def _versions(entry: Mapping[str, Any], documents: Path) -> Iterator[Sample]:
    expected = entry["expected"]
    for version, submission in enumerate(entry["submissions"], 1):
        codes = expected.get(f"codes_of_version_{version}", expected.get("codes"))
        files = tuple((documents / d["file"], _STATUS[d["status"]], d["kind"]) for d in submission["documents"])
        yield Sample(
            name=entry["id"],
            visit=entry["visit"],
            version=version,
            encounter=_encounter(entry),
            billing_provider=entry["provider"]["billing"],
            files=files,
            withdrawal=submission.get("reason") if submission.get("action") == "withdraw" else None,
            expected_codes=tuple(codes) if codes else None,
        )


def _encounter(entry: Mapping[str, Any]) -> Encounter:
    patient, provider, facility = entry["patient"], entry["provider"], entry["facility"]
    birth_date: date | None = patient.get("birth_date")
    return Encounter(
        claim_type=ClaimType(entry["claim_type"].upper()),
        complete=entry["complete"],
        source=entry["source"],
        visit=entry["visit"],
        specialty=entry["specialty"],
        service_from=entry.get("service_from"),
        service_through=entry.get("service_through"),
        admission_type=entry.get("admission_type"),
        discharge_disposition=entry.get("discharge_disposition"),
        patient=Patient(
            patient_id=hashlib.sha256(f"{entry['tenant']}/{patient['record_number']}".encode()).hexdigest()[:16],
            record_number=patient["record_number"],
            name=patient["name"],
            birth_date=birth_date.isoformat() if birth_date else None,
            sex=Sex(patient["sex"].upper()),
        ),
        providers=(
            Provider(role=ProviderRole.RENDERING, provider_id=provider["id"]),
            Provider(role=ProviderRole.BILLING, provider_id=provider["billing"]),
        ),
        facility=Facility(facility_id=facility["id"], place_of_service=facility["place_of_service"]),
        billing=Billing(payer_id=entry["payer"]),
    )
