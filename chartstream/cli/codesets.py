"""``chartstream codesets``: the installed releases, their entries, and the official indexes of a site."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.tree import Tree

from chartstream import codesets
from chartstream.codesets.catalogue import NoteKind
from chartstream.codesets.installed import index_folder, install_index, installed_indexes
from chartstream.codesets.official_index import read_official_index
from chartstream.codesets.releases import INSTALLED
from chartstream.errors import ConfigurationError

app = typer.Typer(help="Code sets: releases, entries, and the official indexes of a site.", no_args_is_help=True)
_NOTES: tuple[tuple[str, NoteKind], ...] = (
    ("includes", "includes"),
    ("excludes 1", "excludes1"),
    ("excludes 2", "excludes2"),
    ("code first", "code_first"),
    ("use additional", "use_additional"),
    ("code also", "code_also"),
)


@app.command("list")
def list_() -> None:
    """The releases with the dates of service they hold for, and the indexes that are installed beside them."""
    console = Console()
    table = Table("release", "from", "through", "entries")
    for release in INSTALLED:
        entries = len(codesets.load(release))
        table.add_row(release.name, f"{release.effective_from}", f"{release.effective_to}", f"{entries:,}")
    console.print(table)
    found = installed_indexes()
    if not found:
        console.print("no official index is installed; the lexicon has the tabular list and the product's own terms")
        return
    indexes = Table("index", "edition", "lines", "left out")
    for index in found:
        indexes.add_row(index.kind, index.edition, f"{index.kept:,}", str(index.unknown))
    console.print(indexes)


@app.command("install")
def install(
    files: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, help="Official XML files, as CMS publishes them.")
    ],
) -> None:
    """Install the Alphabetic Index, Neoplasm Table, Table of Drugs and Chemicals or External Cause Index.

    What is installed enriches the lexicon of this machine, which is built anew at the next start.
    """
    codes = codesets.load()
    for path in files:
        done = install_index(read_official_index(path), codes)
        left = f", {done.unknown} left out, whose codes the release lacks" if done.unknown else ""
        typer.echo(f"{done.kind} index, edition {done.edition}: {done.kept:,} lines{left}")
    typer.echo(f"kept in {index_folder()}")


@app.command("show")
def show(
    code: Annotated[str, typer.Argument(help="A code, category or block, with or without its dot.")],
    release: Annotated[str | None, typer.Option(help="An installed ICD-10-CM release, by its name.")] = None,
) -> None:
    """An entry of the tabular list with every note that holds for it, and where that note is printed."""
    codes = codesets.load(codesets.release_named(release)) if release is not None else codesets.load()
    entry = codes.get(code)
    if entry is None:
        raise ConfigurationError(f"{code} is no entry of {codes.release.name}; check its spelling")
    tree = Tree(f"[bold]{entry.code}[/] {escape(entry.description)} [dim]{'billable' if entry.billable else ''}[/]")
    for text in entry.inclusion_terms:
        tree.add(f"[green]inclusion term[/] {escape(text)}")
    for label, kind in _NOTES:
        for holder, text in codes.notes(entry.code, kind):
            tree.add(f"[cyan]{label}[/] {escape(text)} [dim]at {holder}[/]")
    for character, meaning in codes.seventh_characters(entry.code).items():
        tree.add(f"[magenta]seventh character {character}[/] {escape(meaning)}")
    for child in entry.children:
        below = codes.get(child)
        tree.add(f"[bold]{child}[/] {escape(below.description) if below is not None else ''}")
    Console().print(tree)
