"""``chartstream topics``: make a cluster's topics match their declaration, list them, render them for Strimzi."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from chartstream.stream.apply import Change, apply, present_topics
from chartstream.stream.settings import KafkaSettings
from chartstream.stream.strimzi import render
from chartstream.stream.topics import declared_topics

app = typer.Typer(help="Kafka topics, as chartstream/stream/topics.yaml declares them.", no_args_is_help=True)
_STYLES = {"created": "green", "changed": "yellow", "unchanged": "dim"}


@app.command("apply")
def apply_(
    partitions: Annotated[
        int | None, typer.Option(min=1, help="Partitions of the topics keyed by encounter, instead of the file's.")
    ] = None,
) -> None:
    """Create what is missing and alter what has drifted; never deletes, shrinks or moves keys."""
    changes = apply(KafkaSettings.from_environment(), partitions=partitions)
    table = Table("topic", "partitions", "", "what changed")
    for change in changes:
        style = _STYLES[change.action]
        table.add_row(change.topic, str(change.partitions), f"[{style}]{change.action}[/]", _details(change))
    Console().print(table)


@app.command("list")
def list_() -> None:
    """The declared topics and what the cluster has of them; topics under the prefix that nobody declared, too."""
    settings = KafkaSettings.from_environment()
    present = present_topics(settings)
    table = Table("topic", "declared", "present")
    declared = {settings.topic(name): topic.partitions for name, topic in declared_topics().by_name.items()}
    for name in [*declared, *(name for name in present if name not in declared)]:
        table.add_row(name, str(declared.get(name, "-")), str(present.get(name, "missing")))
    Console().print(table)


@app.command("render")
def render_(
    out: Annotated[Path, typer.Option(help="The file to write.", dir_okay=False)] = Path("deploy/k8s/base/topics.yaml"),
) -> None:
    """Write the topics as Strimzi KafkaTopic resources."""
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(render(declared_topics()))
    typer.echo(f"{out}: {len(declared_topics().by_name)} topics")


def _details(change: Change) -> str:
    if change.action == "created":
        return ""
    details = [f"{key} {before or 'unset'} → {after}" for key, (before, after) in change.settings.items()]
    if change.added_partitions:
        details.append(f"{change.added_partitions} partitions more")
    if change.notice:
        details.append(change.notice)
    return "\n".join(details)
