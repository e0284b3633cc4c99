"""What an EHR and a billing office import.

An EHR publishes a visit and its note::

    from datetime import date
    from chartstream.client import ClaimType, Encounter, Note, NotePublisher, Patient, Sex

    publisher = NotePublisher(tenant="north-clinic", source="north-ehr", encounter_key=bytes.fromhex(secret))
    encounter = Encounter(claim_type=ClaimType.PROFESSIONAL, complete=True, source="north-ehr",
                          service_from=date(2026, 3, 2),
                          patient=Patient(patient_id="p-81c2", birth_date="1958-03-14", sex=Sex.FEMALE))
    text = "Assessment: essential hypertension.\\nElectronically signed by Hannah Brandt, MD"
    note = Note("note-1", text)
    published = publisher.publish("V-2026-0302", encounter, [note], version=1, billing_provider="B-17")
    print(published.encounter_id)

A billing office subscribes to coded claims::

    from chartstream.client import ClaimConsumer

    with ClaimConsumer(group="billing") as consumer:
        for claim in consumer.claims():
            codes = [diagnosis.code for diagnosis in claim.diagnoses]
            bill(claim.claim_id, claim.revision, claim.kind, codes)  # committed when the loop comes round again

``publish_outcomes`` tells what payers answered; ``chartstream claims outcomes`` does so from their files.

All find Kafka and the schema registry where ``CHARTSTREAM_KAFKA_*`` and ``CHARTSTREAM_SCHEMA_REGISTRY_URL`` say.
"""

from chartstream.client.consumer import ClaimConsumer
from chartstream.client.outcomes import publish_outcomes
from chartstream.client.publisher import Note, NotePublisher, Published
from chartstream.client.quotes import Quote, quotes_of
from chartstream.events.claims import Adjustment, ClaimCoded, ClaimKind, ClaimOutcome, OutcomeKind
from chartstream.events.documents import DocumentStatus
from chartstream.events.encounter import ClaimType, Encounter, Patient, Sex

__all__ = [
    "Adjustment",
    "ClaimCoded",
    "ClaimConsumer",
    "ClaimKind",
    "ClaimOutcome",
    "ClaimType",
    "DocumentStatus",
    "Encounter",
    "Note",
    "NotePublisher",
    "OutcomeKind",
    "Patient",
    "Published",
    "Quote",
    "Sex",
    "publish_outcomes",
    "quotes_of",
]
