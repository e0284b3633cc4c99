"""``chartstream certificate``: verify and show one, write one for demonstrations."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from chartstream.errors import ConfigurationError
from chartstream.routing.certificate import Certificate, Threshold, demonstration
from chartstream.routing.policy import default_policy

app = typer.Typer(help="Certificates: the permission to release claims without a person.", no_args_is_help=True)


@app.command()
def show(file: Path) -> None:
    """Verify the signature of a certificate and print it."""
    typer.echo(Certificate.load(file, allow_demonstration=True).model_dump_json(indent=2))


@app.command()
def demonstrate(
    out: Path,
    issued: Annotated[datetime, typer.Option(help="First moment, UTC.")],
    expires: Annotated[datetime, typer.Option(help="Moment of expiry, UTC.")],
    code: Annotated[float, typer.Option(help="Least confidence in a code.", min=0, max=1)],
    extraction: Annotated[float, typer.Option(help="Least confidence in its reading.", min=0, max=1)],
) -> None:
    """Write a demonstration certificate: nothing was measured for it and it proves nothing."""
    if "demonstration" not in out.name:
        raise ConfigurationError(f"{out.name} does not say what it is; put 'demonstration' into the file's name")
    certificate = demonstration(
        f"demonstration-{issued.date()}",
        issued.replace(tzinfo=UTC),
        expires.replace(tzinfo=UTC),
        Threshold(code=code, extraction=extraction),
        tuple(risk.name for risk in default_policy().classes),
    )
    out.write_text(certificate.model_dump_json(indent=2) + "\n", encoding="utf-8")
