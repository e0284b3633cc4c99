"""``chartstream codesets diff``: what a release changes, and which past claims it would change."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from chartstream.codesets import ICD10CM, Release, load
from chartstream.codesets.differences import Change, ChangeKind, changes
from chartstream.codesets.library import installed_library
from chartstream.codesets.releases import of_every_system, release_named, table
from chartstream.errors import ConfigurationError
from chartstream.validation.past_claims import PastClaims

_WHOLE = (ChangeKind.ADDED, ChangeKind.RETIRED)
_NAMED = 10
"""How many differences of a kind are printed; the file of --json has all."""


def diff(
    before: Annotated[str, typer.Argument(help="The earlier release, by its name (`chartstream codesets list`).")],
    after: Annotated[str, typer.Argument(help="The later release, of the same system.")],
    json_file: Annotated[Path | None, typer.Option("--json", help="Write every difference to this file.")] = None,
    claims: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="Past claims, a line of JSON each: as `chartstream code --out` writes them, or {id, codes}.",
        ),
    ] = None,
) -> None:
    """What AFTER changes: entries added and retired, codes no longer billable, descriptions, notes, seventh characters.

    With --claims, also which of these claims would change, and how.
    """
    one, other = (release_named(name, of_every_system()) for name in (before, after))
    if one.system != other.system:
        raise ConfigurationError(f"{one.name} and {other.name} are of two systems; compare releases of one")
    found = list(changes(table(one), table(other)))
    changed = list(_changed_claims(one, other, claims, found)) if claims is not None else []
    console = Console()
    _print_changes(console, found)
    if claims is not None:
        _print_claims(console, changed)
    if json_file is not None:
        content = {"before": one.name, "after": other.name, "changes": [asdict(change) for change in found]}
        if claims is not None:
            content["claims"] = changed
        try:
            json_file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        except OSError as error:
            raise ConfigurationError(f"{json_file.name} cannot be written: {error.strerror}; name another") from error


def _print_changes(console: Console, found: Sequence[Change]) -> None:
    shown = Table("change", "entries", "billable", "which")
    for kind, count in Counter(change.kind for change in found).most_common():
        of_kind = [change for change in found if change.kind is kind]
        billable = sum(bool(change.before.get("billable") or change.after.get("billable")) for change in of_kind)
        keys = ", ".join(change.key for change in of_kind[:_NAMED]) + (" …" if count > _NAMED else "")
        shown.add_row(kind, f"{count:,}", f"{billable:,}" if kind in _WHOLE else "", escape(keys))
    console.print(shown if found else "no difference")


def _print_claims(console: Console, changed: Sequence[dict[str, Any]]) -> None:
    console.print(f"{len(changed):,} of the claims would change")
    for claim in changed:
        for finding in claim["findings"]:
            console.print(f"{escape(claim['id'])}: {escape(finding['message'])} [dim]{finding['edit']}[/]")


def _changed_claims(one: Release, other: Release, path: Path, found: Iterable[Change]) -> Iterator[dict[str, Any]]:
    """The claims that would change, with what the edits would find; outside ICD-10-CM, their retired codes."""
    claims = _claims(path, one.system)
    if one.system == ICD10CM:
        for claim in PastClaims(load(one), load(other), installed_library()).changed(claims):
            findings = [{"edit": f.edit, "codes": f.codes, "message": f.message} for f in claim.findings]
            yield {"id": claim.claim_id, "findings": findings}
        return
    retired = {change.key for change in found if change.kind is ChangeKind.RETIRED}
    for claim_id, codes in claims:
        gone = [code for code in codes if code.replace(".", "") in retired]
        if gone:
            message = f"is not in {other.name}"
            findings = [{"edit": "retired", "codes": (code,), "message": f"{code} {message}"} for code in gone]
            yield {"id": claim_id, "findings": findings}


def _claims(path: Path, system: str) -> Iterator[tuple[str, Sequence[str]]]:
    """(identity, codes of the system in order) of each line; candidates were not on the claim."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            try:
                content = json.loads(line)
                identity = content["id"] if "id" in content else content["note_id"]
                codes = [code for code in (_code(one, system) for one in content["codes"]) if code]
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise ConfigurationError(
                    f'{path.name}, line {number}: is no claim; write {{"id": …, "codes": ["E11.22", …]}}, or what '
                    "`chartstream code --out` writes"
                ) from error
            yield str(identity), codes


def _code(one: Any, system: str) -> str:
    """A code as a line has it, bare or with its system and decision; empty for one that is not the claim's."""
    if isinstance(one, str):
        return one
    other = one.get("system", system) != system or one.get("decision") == "candidate"
    return "" if other else str(one["code"])
