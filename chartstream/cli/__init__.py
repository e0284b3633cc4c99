"""The ``chartstream`` command: one module per group of commands, composed here."""

from __future__ import annotations

import sys

import typer

from chartstream.cli import (
    audit,
    certificate,
    claims,
    code,
    codesets,
    dead_letters,
    demo,
    explain,
    extract,
    kafka,
    policy,
    publish,
    redis,
    schemas,
    topics,
)
from chartstream.errors import ChartstreamError

app = typer.Typer(
    name="chartstream",
    help="Clinical notes in, coded claims with evidence out.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals may hold a note's text
)
app.add_typer(audit.app, name="audit")
app.add_typer(certificate.app, name="certificate")
app.add_typer(claims.app, name="claims")
app.add_typer(codesets.app, name="codesets")
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(schemas.app, name="schemas")
app.add_typer(kafka.app, name="kafka")
app.add_typer(policy.app, name="policy")
app.add_typer(redis.app, name="redis")
app.add_typer(topics.app, name="topics")
app.command()(code.code)
app.command()(demo.demo)
app.command()(explain.explain)
app.command()(extract.extract)
app.command()(publish.publish)
app.command()(publish.subscribe)


@app.callback()
def main() -> None:
    """Clinical notes in, coded claims with evidence out."""


def run() -> None:
    """Entry point: what went wrong for a known reason ends with one line and exit status 2, not with a traceback."""
    try:
        app()
    except ChartstreamError as error:
        typer.echo(f"chartstream: {error}", err=True)
        sys.exit(2)
