"""What was read of a file, as tables in a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from chartstream.events.documents import QualityCheck, Verdict
from chartstream.events.extraction import Evidence, ExtractedText
from chartstream.viewer.measured import rows
from chartstream.viewer.seen import SeenDocument, SeenFile, plain

_COLOURS = {Verdict.ACCEPT: "green", Verdict.NORMALISE: "cyan", Verdict.REVIEW: "yellow", Verdict.REJECT: "red"}
_OUTCOMES = {"extracted": "[green]extracted[/]", "review": "[yellow]goes to review[/]", "rejected": "[red]rejected[/]"}


def show(file: SeenFile, console: Console) -> None:
    """Print a file: why a person is asked or why it is refused, then each document's findings."""
    console.rule(f"{escape(file.name)}: {_OUTCOMES[file.outcome]}, {file.seconds:.2f} s", align="left")
    for problem in file.problems:
        console.print(f"[bold]{problem.code}[/]: {escape(problem.message)}. {escape(problem.remedy)}.")
    if file.checks and not file.documents:
        console.print(_checks(file.checks))
    for document in file.documents:
        _show_document(document, console)


def _show_document(document: SeenDocument, console: Console) -> None:
    pages = document.page_count or len(document.text.pages)
    stated = f"{pages} pages" if pages != 1 else "1 page"
    console.print(
        f"{document.document_id}: {document.media_type}, {stated if pages else 'no pages'}, "
        f"mean confidence {document.confidence:.3f}"
    )
    tables: tuple[tuple[object, Callable[[SeenDocument], Table]], ...] = (
        (document.checks, lambda d: _checks(d.checks)),
        (document.text.pages, _pages),
        (document.sections, _sections),
        (document.fields, _fields),
        (document.statements, _statements),
    )
    for content, table in tables:
        if content:
            console.print(table(document))


def _table(title: str, *columns: str) -> Table:
    """Columns whose name begins with ">" hold numbers."""
    table = Table(title=title, title_justify="left", show_edge=False, pad_edge=False)
    for column in columns:
        number = column.startswith(">")
        one_line = number or column == "engine"
        table.add_column(column.removeprefix(">"), justify="right" if number else "left", no_wrap=one_line)
    return table


def _checks(checks: Iterable[QualityCheck]) -> Table:
    table = _table("checks", "check", "page", ">measured", "unit", "verdict", "reason")
    for row in rows(checks):
        verdict = f"[{_COLOURS[row.verdict]}]{row.verdict.value.lower()}[/]"
        reason = "" if row.verdict is Verdict.ACCEPT else escape(row.message)
        table.add_row(row.name, row.pages, row.value, row.unit, verdict, reason)
    return table


def _pages(document: SeenDocument) -> Table:
    table = _table(
        "pages", ">page", "engine", ">confidence", ">turned", ">skew", ">seconds", ">words", ">regions", ">tables"
    )
    text = document.text
    for page in text.pages:
        seconds = document.page_seconds.get(page.number)
        table.add_row(
            str(page.number),
            escape(page.engine),
            "" if page.confidence is None else f"{page.confidence:.3f}",
            f"{page.rotation}°",
            f"{page.skew:.1f}°",
            "" if seconds is None else f"{seconds:.2f}",
            str(sum(word.page == page.number for word in text.words)),
            str(sum(region.page == page.number for region in text.regions)),
            str(sum(t.page == page.number for t in text.tables)),
        )
    return table


def _sections(document: SeenDocument) -> Table:
    table = _table("sections", "kind", "family", "title", ">confidence", ">characters")
    text = plain(document.text.text)
    for section in document.sections:
        title = text[section.title_begin or 0 : section.title_end or 0]
        span = f"{section.begin}-{section.end}"
        table.add_row(section.kind, section.family or "", escape(title), f"{section.confidence:.2f}", span)
    return table


def _fields(document: SeenDocument) -> Table:
    table = _table("fields", "field", "value", ">confidence", "where")
    for field in document.fields:
        place = _where(field.evidence, document.text)
        table.add_row(field.name, escape(plain(field.value)), f"{field.extraction_confidence:.2f}", place)
    return table


def _statements(document: SeenDocument) -> Table:
    table = _table("statements", "kind", "statement", ">value", "unit", "range", ">confidence", "where")
    for item in document.statements:
        table.add_row(
            item.kind.value.lower(),
            escape(plain(item.name or "")),
            escape(plain(item.value or "")) + (f" {escape(item.abnormal)}" if item.abnormal else ""),
            escape(item.unit or ""),
            escape(item.reference_range or ""),
            f"{item.extraction_confidence:.2f}",
            _where(item.evidence, document.text),
        )
    return table


def _where(evidence: Evidence | None, text: ExtractedText) -> str:
    """Page and line, and the section that it stands in."""
    if evidence is None:
        return ""
    line = plain(text.text).count("\n", 0, evidence.begin) + 1
    place = f"line {line}" if evidence.page is None else f"page {evidence.page}, line {line}"
    return f"{place}, {evidence.section}" if evidence.section else place
