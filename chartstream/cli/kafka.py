"""``chartstream kafka``: a real Apache Kafka on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from chartstream.home import state_home
from chartstream.local.broker import LocalKafka
from chartstream.local.jars import kafka_version

app = typer.Typer(help="A local Apache Kafka (KRaft), for a laptop, a demonstration and tests.", no_args_is_help=True)


def local_kafka_home() -> Path:
    """The folder of the local broker that these commands start and stop."""
    return state_home() / "kafka"


@app.command()
def up(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The first broker's port; the others follow it.")] = 9092,
    brokers: Annotated[int, typer.Option(min=1, max=5, help="Nodes, each a broker and a controller.")] = 1,
) -> None:
    """Start it and wait until it answers. Does nothing where it runs; its data survives a restart."""
    existing = os.environ.get("CHARTSTREAM_KAFKA_BOOTSTRAP")
    if existing:
        typer.echo(f"CHARTSTREAM_KAFKA_BOOTSTRAP points to {existing}: no local Kafka is needed, none was started.")
        return
    with Console(stderr=True).status("Kafka") as status:
        kafka = LocalKafka(local_kafka_home(), port, brokers, progress=lambda doing: status.update(f"Kafka: {doing}"))
        kafka.start()
    typer.echo(f"Kafka {kafka_version()} on {kafka.bootstrap}; data and logs in {kafka.home}")
    if kafka.bootstrap != "127.0.0.1:9092":
        typer.echo(f"export CHARTSTREAM_KAFKA_BOOTSTRAP={kafka.bootstrap}")


@app.command()
def down(
    wipe: Annotated[bool, typer.Option("--wipe", help="Delete its data too: topics, messages, offsets.")] = False,
) -> None:
    """Stop it. Its data stays, unless --wipe."""
    kafka = LocalKafka.at(local_kafka_home())
    if kafka is None:
        typer.echo("No local Kafka was started here.")
        return
    if wipe:
        kafka.wipe()
    else:
        kafka.stop()
    typer.echo("Kafka is stopped" + (" and its data deleted." if wipe else f"; its data stays in {kafka.home}"))


@app.command()
def status() -> None:
    """Whether it runs, and where. Exit status 1 if it does not."""
    kafka = LocalKafka.at(local_kafka_home())
    if kafka is None or not kafka.is_running():
        typer.echo("Kafka is not running; start it with `chartstream kafka up`")
        raise typer.Exit(1)
    typer.echo(f"Kafka {kafka_version()} runs on {kafka.bootstrap}; data and logs in {kafka.home}")
