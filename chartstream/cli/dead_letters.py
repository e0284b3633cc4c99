"""``chartstream dead-letters``: what could not be processed, why, and back to where it came from."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from chartstream.events.operations import DeadLetterCategory
from chartstream.stream.dead_letter_topic import DeadLetterTopic, Position, Stored, replay
from chartstream.stream.settings import KafkaSettings
from chartstream.stream.wire import codec_from_environment
from services.wiring import documents

app = typer.Typer(help="Records that could not be processed, kept whole.", no_args_is_help=True)

StageOption = Annotated[str | None, typer.Option(help="Only letters of this stage.")]
_REPLAYED_AT_ONCE = 100


@app.command("list")
def list_(
    stage: StageOption = None,
    category: Annotated[DeadLetterCategory | None, typer.Option(case_sensitive=False, help="Only this kind.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 20,
) -> None:
    """The latest dead letters, newest first."""
    topic = _topic()
    fitting = (
        stored
        for stored in topic
        if stage in {None, stored.letter.stage} and category in {None, stored.letter.category}
    )
    table = Table("letter", "time (UTC)", "stage", "category", "error", "from", "reason")
    for stored in heapq.nlargest(limit, fitting, key=lambda stored: (stored.letter.head.occurred_at, stored.position)):
        letter = stored.letter
        source = f"{letter.source_topic}:{letter.source_partition}:{letter.source_offset}"
        time = f"{letter.head.occurred_at:%Y-%m-%d %H:%M:%S}"
        cells = (
            stored.position,
            time,
            letter.stage,
            letter.category.lower(),
            letter.error_class,
            source,
            letter.reason,
        )
        table.add_row(*(escape(str(cell)) for cell in cells))
    Console().print(table)
    _say_unreadable(topic)


@app.command()
def show(
    position: Annotated[str, typer.Argument(metavar="PARTITION:OFFSET", help="As `list` shows it.")],
    value: Annotated[
        bool, typer.Option("--value", help="The original value, too: it may hold a patient's data.")
    ] = False,
) -> None:
    """One dead letter whole; its value only if asked for."""
    stored = _topic().at(Position.parse(position))
    letter, check = stored.letter, stored.letter.value_claim_check
    table = Table(show_header=False)
    for name in ("stage", "category", "error_class", "reason", "attempts", "source_topic", "source_partition"):
        table.add_row(name, escape(str(getattr(letter, name))))
    table.add_row("source_offset", str(letter.source_offset))
    table.add_row("source_timestamp", str(letter.source_timestamp))
    table.add_row("time", str(letter.head.occurred_at))
    table.add_row("produced_by", escape(letter.head.produced_by))
    table.add_row("event_id", letter.head.event_id)
    table.add_row("key", escape(_text(letter.key)))
    for header in letter.headers:
        table.add_row(f"header {escape(header.name)}", escape(_text(header.value)))
    if check is not None:
        table.add_row("value", escape(f"{check.size_bytes} bytes at {check.uri} (sha256 {check.sha256})"))
    else:
        table.add_row("value", "null" if letter.value is None else f"{len(letter.value)} bytes")
    Console().print(table)
    if value:
        typer.echo(_text(stored.value(documents())))


@app.command("replay")
def replay_(
    positions: Annotated[
        list[str] | None, typer.Argument(metavar="[PARTITION:OFFSET]...", help="Letters as `list` shows them.")
    ] = None,
    stage: StageOption = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"],
            help="All letters since this moment, in UTC unless it says otherwise.",
        ),
    ] = None,
) -> None:
    """Write the original records back to the topics they came from, once what kept them from being processed is mended.

    Each gets the header chartstream-replayed-from. Letters stay on the topic: replayed twice, a record is there twice.
    """
    if bool(positions) == (since is not None):
        raise typer.BadParameter("name letters as PARTITION:OFFSET, or say --since with a time; one of the two")
    topic = _topic()
    if positions:
        letters: Iterable[Stored] = (topic.at(position) for position in [Position.parse(text) for text in positions])
    else:
        letters = _written_since(topic, since or datetime.now(UTC))
    count = 0
    chosen = (stored for stored in letters if stage in {None, stored.letter.stage})
    while batch := list(islice(chosen, _REPLAYED_AT_ONCE)):
        replay(KafkaSettings.from_environment(), batch, documents())
        for stored in batch:
            typer.echo(f"{stored.position} is back on {stored.letter.source_topic}")
        count += len(batch)
    typer.echo(f"{count} replayed")
    _say_unreadable(topic)


def _written_since(letters: Iterable[Stored], since: datetime) -> Iterable[Stored]:
    moment = since if since.tzinfo else since.replace(tzinfo=UTC)
    return (stored for stored in letters if stored.letter.head.occurred_at >= moment)


def _topic() -> DeadLetterTopic:
    return DeadLetterTopic(KafkaSettings.from_environment(), codec_from_environment())


def _text(content: bytes | None) -> str:
    return "null" if content is None else content.decode("utf-8", "backslashreplace")


def _say_unreadable(topic: DeadLetterTopic) -> None:
    if topic.unreadable:
        places = ", ".join(map(str, topic.unreadable[:10]))
        typer.echo(
            f"{len(topic.unreadable)} records there are no letters that this version can read: {places}", err=True
        )
