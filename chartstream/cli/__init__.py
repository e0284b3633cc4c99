"""The ``chartstream`` command: one module per group of commands, composed here."""

from __future__ import annotations

import typer

app = typer.Typer(
    name="chartstream",
    help="Clinical notes in, coded claims with evidence out.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals may hold a note's text
)


@app.callback()
def main() -> None:
    """Clinical notes in, coded claims with evidence out."""
