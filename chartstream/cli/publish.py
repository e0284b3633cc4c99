"""``chartstream publish`` and ``chartstream subscribe``: the client on the command line, to try out and for scripts."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from chartstream.errors import ConfigurationError
from chartstream.events.encounter import ClaimType, Sex

KEY = "CHARTSTREAM_ENCOUNTER_KEY"


def publish(
    notes: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="All documents of the encounter.")],
    visit: Annotated[
        str | None, typer.Option(help="The source's visit number; by default made from the files.")
    ] = None,
    version: Annotated[int, typer.Option(min=1, help="Raise it when the encounter changes.")] = 1,
    date: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Date of service, if known.")] = None,
    claim_type: Annotated[ClaimType, typer.Option(case_sensitive=False)] = ClaimType.PROFESSIONAL,
    sex: Annotated[Sex, typer.Option(case_sensitive=False)] = Sex.UNKNOWN,
    birth_date: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])] = None,
    tenant: str = "demo-health",
    billing_provider: str = "billing",
) -> None:
    """Submit one encounter with its documents; prints its encounter_id once Kafka has it."""
    from chartstream.client import Encounter, Note, NotePublisher, Patient  # noqa: PLC0415 - loads the Kafka client
    from chartstream.documents import FsspecDocumentStore  # noqa: PLC0415
    from chartstream.stream.settings import DocumentsSettings  # noqa: PLC0415

    contents = [path.read_bytes() for path in notes]
    digest = hashlib.sha256(b"".join(contents)).hexdigest()[:16]
    encounter = Encounter(
        claim_type=claim_type,
        complete=True,
        source="command-line",
        service_from=date.date() if date else None,
        patient=Patient(patient_id=digest, sex=sex, birth_date=birth_date.date().isoformat() if birth_date else None),
    )
    documents = FsspecDocumentStore(DocumentsSettings.from_environment().url)
    publisher = NotePublisher(tenant, "command-line", _encounter_key(), documents)
    published = publisher.publish(
        visit or digest,
        encounter,
        [Note(f"document-{number}", content) for number, content in enumerate(contents, 1)],
        version=version,
        billing_provider=billing_provider,
    )
    typer.echo(published.encounter_id)


def subscribe(
    group: Annotated[str, typer.Option(help="Consumer group; it resumes where it stopped.")] = "command-line",
    idle: Annotated[float | None, typer.Option(help="End after so many seconds without a claim.")] = None,
) -> None:
    """Show coded claims as they come, with the words that support each code. Ctrl-C ends it."""
    from chartstream.client import ClaimConsumer  # noqa: PLC0415 - loads the Kafka client
    from chartstream.demonstration.sheet import claim_table  # noqa: PLC0415
    from chartstream.documents import FsspecDocumentStore  # noqa: PLC0415
    from chartstream.stream.settings import DocumentsSettings  # noqa: PLC0415

    console = Console()
    documents = FsspecDocumentStore(DocumentsSettings.from_environment().url)
    with ClaimConsumer(group, documents) as consumer:
        try:
            for claim in consumer.claims(idle):
                console.print(claim_table(claim.head.encounter_id[:12], claim, consumer.quotes(claim)))
        except KeyboardInterrupt:
            console.print("stopped; the group resumes behind the last claim shown")


def _encounter_key() -> bytes:
    given = os.environ.get(KEY, "")
    try:
        key = bytes.fromhex(given)
    except ValueError:
        key = b""
    if len(key) < 16:
        raise ConfigurationError(f"{KEY} is not set to at least 16 bytes in hexadecimal; use the tenant's own secret")
    return key
