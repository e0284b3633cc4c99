"""``chartstream audit``: the appeal bundle of a claim, made and verified."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from chartstream.audit.bundle import bundle
from chartstream.audit.chain import Fault
from chartstream.audit.found import Found, from_file
from chartstream.audit.gathered import gather
from chartstream.audit.packing import pack, unpack
from chartstream.audit.signing import load_private, make_key, trusted_key
from chartstream.audit.topics import EncounterReader, Stretch
from chartstream.audit.verifying import verify as verify_files
from chartstream.clock import SystemClock
from chartstream.errors import ConfigurationError
from chartstream.stream.settings import KafkaSettings
from chartstream.stream.wire import codec_from_environment
from services.wiring import documents

app = typer.Typer(help="Appeal bundles: all that is known of a claim, signed.", no_args_is_help=True)

TRUSTED_KEY = "CHARTSTREAM_AUDIT_KEY"
"""Environment variable with the public key (base64) of whoever signs the site's bundles."""
_UNFIT = 1


@app.command()
def export(
    encounter_id: Annotated[str, typer.Argument(help="The encounter's id, as events carry it.")],
    key: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="Private key (PEM) that signs the bundle.")],
    out: Annotated[Path, typer.Option(help="New folder, or new file that ends in .zip; it will hold the notes.")],
    given: Annotated[
        list[Path] | None,
        typer.Option("--from", exists=True, dir_okay=False, help="Read events from files instead of Kafka."),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="Pass over what was written before (UTC)."),
    ] = None,
) -> None:
    """Write the appeal bundle of an encounter: documents, codes with evidence, edits, decisions, answers of payers.

    Only the partitions that hold the encounter are read. What should be there and is not is said.
    """
    if given and since is not None:
        raise typer.BadParameter("--since is for topics; leave it out with --from")
    signer = load_private(key)
    if out.exists():
        raise ConfigurationError(f"{out.name} is there already; name another folder or file")
    found: list[Found] = []
    stretches: list[Stretch] = []
    if given:
        for path in given:
            found.extend(from_file(path, encounter_id))
    else:
        reader = EncounterReader(KafkaSettings.from_environment(), codec_from_environment(), _tell)
        found, stretches = reader.read(encounter_id, since.replace(tzinfo=UTC) if since is not None else None)
    gathered = gather(encounter_id, found, stretches, documents())
    pack(out, bundle(gathered, SystemClock().now(), signer))
    for gap in gathered.gaps():
        _tell(f"not in the bundle: {gap}")
    _tell(f"{out} written, with {len(gathered.found)} events; it holds the notes")


@app.command()
def verify(
    source: Annotated[Path, typer.Argument(metavar="BUNDLE", exists=True, help="The folder or zip file.")],
    key: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help=f"Public key of the signer; by default {TRUSTED_KEY}."),
    ] = None,
) -> None:
    """Say whether a bundle is the one that was signed, or what does not fit first. Exit status 1 where it is not."""
    if key is not None:
        try:
            trusted = trusted_key(key.read_text("ascii"), key.name)
        except (OSError, UnicodeDecodeError):
            raise ConfigurationError(f"{key.name} cannot be read as a public key; give the .pub file") from None
    elif TRUSTED_KEY in os.environ:
        trusted = trusted_key(os.environ[TRUSTED_KEY], TRUSTED_KEY)
    else:
        raise ConfigurationError(f"whose signature is to be trusted? name the public key with --key or {TRUSTED_KEY}")
    files = unpack(source)
    head = files if isinstance(files, Fault) else verify_files(files, trusted)
    if isinstance(head, Fault):
        typer.echo(f"{head.place}: {head.reason}", err=True)
        raise typer.Exit(_UNFIT)
    typer.echo(f"{head.entries} entries and every file are as they were signed at {head.signed_at:%Y-%m-%d %H:%M} UTC")


@app.command()
def keygen(
    out: Annotated[Path, typer.Argument(help="New file for the private key; the public one gets .pub.")],
) -> None:
    """Make a pair of keys that signs bundles. Keep the private one; hand the public one to whoever verifies."""
    typer.echo(make_key(out))


def _tell(line: str) -> None:
    typer.echo(line, err=True)
