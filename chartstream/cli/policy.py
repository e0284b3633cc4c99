"""``chartstream policy``: rules of payers and of the house: checked, explained, their form, coverage lists imported."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import yaml
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from chartstream.errors import ConfigurationError

if TYPE_CHECKING:
    from chartstream.validation.policy.check import Report
    from chartstream.validation.policy.load import Fault

app = typer.Typer(help="Policies: rules as data, beside the product's own edits.", no_args_is_help=True)
_Files = Annotated[list[Path], typer.Argument(help="Policy files.")]
_STYLES = {"conflict": "bold red", "never fires": "yellow", "shadowed": "yellow", "not decided": "dim"}


@app.command("check")
def check(
    files: _Files,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as one JSON object.")] = False,
) -> None:
    """Check policies: their form, their own examples, and rules that oppose or shadow each other, across all files.

    Exit status 1: a file does not hold, an example is found otherwise than it states, or two rules oppose each other.
    """
    from chartstream.validation.policy.check import examined  # noqa: PLC0415 - loads the edits
    from chartstream.validation.policy.load import PolicyFaults, load_policies  # noqa: PLC0415 - loads the edits

    try:
        policies = load_policies(files)
    except PolicyFaults as error:
        _show_faults(error.faults, as_json)
        raise typer.Exit(1) from None
    report = examined(policies)
    if as_json:
        typer.echo(json.dumps({"faults": [], **asdict(report)}, indent=2))
    else:
        counts = [(loaded.name, len(loaded.policy.rules), len(loaded.policy.coverage)) for loaded in policies]
        for name, rules, lists in counts:
            typer.echo(f"{name}: {rules} rules, {lists} coverage lists")
        _show(report)
    raise typer.Exit(0 if report.sound else 1)


@app.command("schema")
def schema() -> None:
    """Print the JSON schema of policy files, for an editor that completes and checks."""
    from chartstream.validation.policy.model import Policy  # noqa: PLC0415 - loads the edits

    form = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Policy.model_json_schema()}
    typer.echo(json.dumps(form, indent=2))


@app.command("import-coverage")
def import_coverage(
    files: Annotated[list[Path], typer.Argument(help="CMS's article download: the archive, its folder or CSV files.")],
    out: Annotated[Path, typer.Option(help="The policy file to write.")],
    contractor: Annotated[list[str], typer.Option(help="A Medicare contractor whose articles hold, name or number.")],
    payer: Annotated[list[str], typer.Option(help="A payer bound by them, as your encounters name it.")],
    owner: Annotated[str, typer.Option(help="Who answers for the file.")] = "not stated",
) -> None:
    """Write a policy file with the coverage lists of the Medicare Coverage Database (LCDs' billing articles)."""
    from chartstream.validation.policy.load import read_policy  # noqa: PLC0415 - loads the edits
    from chartstream.validation.policy.medicare_coverage import read_coverage  # noqa: PLC0415 - loads the edits

    read = read_coverage(files, payer, contractor)
    newest = max((one["from"] for one in read.lists), default="none")
    policy: dict[str, Any] = {
        "policy": f"Medicare coverage articles of {', '.join(contractor)}",
        "version": f"articles effective through {newest}",
        "owner": owner,
        "source": "CMS Medicare Coverage Database, download of articles",
        "coverage": list(read.lists),
    }
    text = yaml.safe_dump(policy, sort_keys=False, allow_unicode=True, width=120)
    read_policy(text.encode(), str(out))
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{out} cannot be written: {error.strerror}; choose another file") from error
    typer.echo(f"{len(read.lists)} coverage lists written to {out}")
    typer.echo(f"left out: {read.left_out} articles that are drafts, undated, or list no codes")
    if read.not_codes:
        typer.echo(f"passed over: {read.not_codes} rows whose code is none")
    if read.worded:
        typer.echo(f"to read: {read.worded} groups have a paragraph that may set a condition no list can express")


def _show_faults(faults: tuple[Fault, ...], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"faults": [asdict(fault) for fault in faults]}, indent=2))
        return
    for fault in faults:
        typer.echo(str(fault))


def _show(report: Report) -> None:
    console = Console()
    console.print(f"{report.examples - len(report.differences)} of {report.examples} examples found as stated")
    if report.differences:
        table = Table("file", "example", "stated, not found", "found, not stated")
        for one in report.differences:
            table.add_row(*map(escape, (one.file, one.example, ", ".join(one.missing), ", ".join(one.unexpected))))
        console.print(table)
    for remark in report.remarks:
        rules = [remark.rule, *([remark.other] if remark.other is not None else [])]
        places = " and ".join(f"{name} ({report.places[name][0]}, line {report.places[name][1]})" for name in rules)
        style = _STYLES[remark.kind]
        console.print(f"[{style}]{remark.kind}[/] {escape(places)}: {escape(remark.text)}", soft_wrap=True)
        if remark.claim is not None:
            shown = yaml.safe_dump(remark.claim, default_flow_style=True, sort_keys=False, width=10_000).strip()
            console.print(f"  on the claim {escape(shown)}", soft_wrap=True)
    if not report.remarks:
        console.print("no rule opposes or shadows another, and every rule can fire")
