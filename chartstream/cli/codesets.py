"""``chartstream codesets``: what is packaged and imported, importing, entries, differences between releases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from chartstream.cli.codesets_diff import diff
from chartstream.cli.codesets_show import show
from chartstream.codesets.importing.keeping import import_files
from chartstream.codesets.importing.model import Edition
from chartstream.codesets.library import codesets_folder, installed_library
from chartstream.codesets.releases import PACKAGED, table
from chartstream.codesets.verifying import verified

app = typer.Typer(help="Code sets and tables about codes: releases, entries, imports.", no_args_is_help=True)
app.command("diff")(diff)
app.command("show")(show)
_DAY = ["%Y-%m-%d"]


@app.command("list")
def list_() -> None:
    """Every release with the dates of service it holds for: what comes with the product, what the site has imported."""
    console = Console()
    shown = Table("system", "release", "from", "through", "entries", "read")
    for release in PACKAGED:
        days = (f"{release.effective_from}", f"{release.effective_to}")
        shown.add_row(release.system, release.name, *days, f"{len(table(release)):,}", "packaged")
    library = installed_library()
    for manifest in sorted(library.manifests, key=lambda m: (m.system, m.effective_from, m.name)):
        days = (f"{manifest.effective_from}", f"{manifest.effective_to}")
        what, count = next(iter(manifest.counts.items()))  # the import told all of them
        shown.add_row(manifest.system, manifest.name, *days, f"{manifest.entries:,}", f"{count:,} {what}")
    console.print(shown)
    if not library.manifests:
        console.print("nothing is imported; `chartstream codesets import FILE...` reads official files")


@app.command("import")
def import_(
    files: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, help="Official files, bare or in their zip.")
    ],
    name: Annotated[str | None, typer.Option(help="What the release is to be called.")] = None,
    begins: Annotated[
        datetime | None, typer.Option("--from", formats=_DAY, help="First date of service it holds for.")
    ] = None,
    ends: Annotated[datetime | None, typer.Option("--to", formats=_DAY, help="Last date of service.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Put it in the place of a release of its name.")] = False,
) -> None:
    """Import official code sets and tables about codes; what each file is, its content says.

    Services see it at their next start.
    """
    edition = Edition(name, begins.date() if begins else None, ends.date() if ends else None)
    columns = (TextColumn("{task.description}"), TextColumn("{task.completed:,} rows"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:

        def watch(title: str) -> Callable[[int], None]:
            task = progress.add_task(title, total=None)
            return lambda rows: progress.advance(task, rows)

        def say(name: str) -> None:
            typer.echo(f"not read: {name}", err=True)

        for kept in import_files(files, edition, watch, replace=replace, left_out=say):
            manifest = kept.manifest
            counts = ", ".join(f"{count:,} {what}" for what, count in manifest.counts.items())
            instead = f", in place of {kept.replaced.name}" if kept.replaced is not None else ""
            typer.echo(f"{manifest.name}, {manifest.effective_from} to {manifest.effective_to}: {counts}{instead}")
    typer.echo(f"kept in {codesets_folder()}; services see it at their next start")


@app.command("verify")
def verify() -> None:
    """Compare every table with its manifest, the packaged one with its source. Exit status 1 when one differs."""
    failed = False
    for result in verified():
        failed = failed or bool(result.failure)
        typer.echo(f"{result.name}: {result.failure or f'{result.entries:,} entries, as imported'}")
    if failed:
        raise typer.Exit(1)
