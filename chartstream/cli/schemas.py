"""``chartstream schemas``: print a contract as it stands alone, release a new version of what changed."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from chartstream.errors import ConfigurationError
from chartstream.events import schema

app = typer.Typer(help="Avro contracts.", no_args_is_help=True)


@app.command("list")
def list_() -> None:
    """Names of all records with their released versions."""
    versions: dict[str, list[int]] = {name: [] for name in schema.record_names()}
    for name, version, _ in schema.released():
        versions[name].append(version)
    for name, numbers in versions.items():
        typer.echo(f"{name}: {', '.join(map(str, numbers)) or 'not released'}")


@app.command("print")
def print_(name: str) -> None:
    """The contract of a record with all its types, as readers and registries need it."""
    if name not in schema.record_names():
        raise ConfigurationError(f"no record is called {name}; `chartstream schemas list` names them")
    typer.echo(json.dumps(schema.composed(name), indent=2, ensure_ascii=False))


@app.command()
def release(folder: Path = Path("schemas/avro/released")) -> None:
    """Keep the present form of every changed contract as its next released version (in a source tree)."""
    latest = {name: (version, kept.text) for name, version, kept in schema.released()}
    for name in schema.record_names():
        version, text = latest.get(name, (0, ""))
        if schema.current(name).text == text:
            continue
        target = folder / name / f"{version + 1}.avsc"
        target.parent.mkdir(parents=True, exist_ok=True)
        content = json.dumps(schema.composed(name), indent=2, ensure_ascii=False)
        target.write_text(content + "\n", encoding="utf-8")
        typer.echo(f"released {name} {version + 1}")
