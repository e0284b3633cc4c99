"""``chartstream codesets show``: what is known of one code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from chartstream import codesets
from chartstream.codesets import ICD10CM, CodeSet
from chartstream.codesets.catalogue import NoteKind
from chartstream.codesets.library import Manifest, installed_library
from chartstream.codesets.model import ICD10PCS
from chartstream.codesets.pcs import LENGTH, ProcedureTables, procedure_tables
from chartstream.codesets.releases import of_every_system, release_named
from chartstream.errors import ConfigurationError

_NOTES: tuple[tuple[str, NoteKind], ...] = (
    ("includes", "includes"),
    ("excludes 1", "excludes1"),
    ("excludes 2", "excludes2"),
    ("code first", "code_first"),
    ("use additional", "use_additional"),
    ("code also", "code_also"),
)
_LONGEST = 12
"""How many parts of a list are printed."""


def show(
    code: Annotated[str, typer.Argument(help="A code, category, block or modifier, with or without its dot.")],
    release: Annotated[str | None, typer.Option(help="The one release to look in, by its name.")] = None,
) -> None:
    """What the releases at hand say of a code: of ICD-10-CM every note that holds for it, and where it is printed."""
    named = release_named(release, of_every_system()) if release is not None else None
    among = of_every_system() if named is None else (named,)
    tabular = (codesets.load(each) for each in among if each.system == ICD10CM)
    trees = [_tabular_tree(codes, code) for codes in tabular if code in codes][:1]
    for manifest in installed_library().manifests:
        if manifest.system != ICD10CM and (named is None or manifest.release == named):
            trees.extend(_tree(manifest, key, entry) for key, entry in _entries(manifest, code))
    if not trees:
        looked = ", ".join(each.name for each in among)
        raise ConfigurationError(f"{code} is no entry of {looked}; check its spelling")
    for tree in trees:
        Console().print(tree)


def _entries(manifest: Manifest, code: str) -> Iterator[tuple[str, Any]]:
    """The entries whose key is the code, alone or after the name of a part ("practitioner:99213")."""

    table = installed_library().open(manifest)
    plain = code.strip().upper()
    if manifest.system == ICD10PCS and len(plain) == LENGTH:
        yield plain, _composed(procedure_tables(table), plain)
        return
    for part in dict.fromkeys(("", *manifest.parts)):
        for written in dict.fromkeys((plain, plain.replace(".", ""))):
            key = f"{part}:{written}" if part else written
            if (raw := table.get(key)) is not None:
                yield key, json.loads(raw)


def _composed(tables: ProcedureTables, code: str) -> dict[str, str]:
    """What seven characters of ICD-10-PCS say, or which of them makes them no code."""
    conflict = tables.why_not(code)
    if conflict is None:
        return {"description": tables.title(code) or ""}
    would = ", ".join(f"{value} ({meaning})" for value, meaning in conflict.allowed.items())
    return {
        "no code": f"character {conflict.position}, {conflict.axis}, is {conflict.value}",
        "would be one with": would,
    }


def _tree(manifest: Manifest, key: str, entry: Any) -> Tree:
    tree = Tree(f"[bold]{escape(key)}[/] [dim]{escape(manifest.name)}[/]")
    fields = entry if isinstance(entry, dict) else {"entry": entry}
    for name, value in fields.items():
        tree.add(f"[cyan]{escape(name.replace('_', ' '))}[/] {escape(_printed(value))}")
    return tree


def _printed(value: Any) -> str:
    if not isinstance(value, list):
        return str(value)
    more = f" and {len(value) - _LONGEST} more" if len(value) > _LONGEST else ""
    return ", ".join(str(one) for one in value[:_LONGEST]) + more


def _tabular_tree(codes: CodeSet, code: str) -> Tree:
    entry = codes.get(code)
    if entry is None:
        raise ConfigurationError(f"{code} is no entry of {codes.release.name}; check its spelling")
    beside = escape(f"{'billable, ' if entry.billable else ''}{codes.release.name}")
    tree = Tree(f"[bold]{entry.code}[/] {escape(entry.description)} [dim]{beside}[/]")
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
    return tree
