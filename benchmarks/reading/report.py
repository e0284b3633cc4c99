"""The figures as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

Figures = Mapping[str, Any]

_COLUMNS = (
    ("CER %", "character_error_rate", 100, 2, min),
    ("words %", "word_recall", 100, 2, max),
    ("numbers %", "number_accuracy", 100, 2, max),
    ("order %", "order_error", 100, 2, min),
    ("breaks %", "breaks", 100, 2, min),
    ("marks CER %", "mark_error_rate", 100, 1, min),
    ("s/page", "seconds_a_page", 1, 2, min),
    ("peak MB", "peak_mb", 1, 0, min),
)
"""Title, figure, factor, places, and which is best."""


def quality(figures: Sequence[Figures]) -> Table:
    """One row for each variant and engine; the best of each variant's column is bold (level ones are all)."""
    table = Table("variant", "pages", "engine", *(title for title, *_ in _COLUMNS), title="Reading, the best in bold")
    for variant in dict.fromkeys(each["variant"] for each in figures):
        rows = [each for each in figures if each["variant"] == variant]
        for row in rows:
            cells = [_cell(row, rows, column) for column in _COLUMNS]
            table.add_row(variant, str(row["counts"]["pages"]), row["engine"], *cells, end_section=row is rows[-1])
    return table


def _cell(row: Figures, rows: Sequence[Figures], column: tuple[str, str, int, int, Any]) -> str:
    _, name, factor, places, best = column
    shown = f"{row[name] * factor:,.{places}f}"
    return f"[bold green]{shown}[/]" if shown == f"{best(each[name] for each in rows) * factor:,.{places}f}" else shown


def ours(figures: Sequence[Figures]) -> Table:
    """What only our reading says: cells, fields, handwriting, calibration."""
    titles = ("cells, ruled %", "unruled %", "dates", "age or birth", "sex", "relied on: wrong/all")
    table = Table("variant", *titles, "handwriting wrong above bound/wrong/lines", "ECE %", title="Ours")
    for each in figures:
        if "fields" not in each:
            continue
        stated, hand, cells = each["fields"], each["handwriting"], each["cells_right"]
        table.add_row(
            each["variant"],
            *("-" if cells[kind] is None else f"{cells[kind] * 100:.2f}" for kind in ("ruled", "unruled")),
            *(f"{stated[f'{name}_right']}/{stated[name]}" for name in ("dates", "ages", "sexes")),
            f"{stated['relied_wrongly']}/{stated['relied']}",
            f"{hand['wrong_above_bound']}/{hand['wrong']}/{hand['lines']}",
            f"{each['calibration_error'] * 100:.2f}",
        )
    return table


def reliability(bins: Sequence[Figures]) -> Table:
    """Claim and truth of words' confidences."""
    table = Table("from", "to", "words", "claimed %", "right %", title="Confidence of words, all variants read by OCR")
    for each in bins:
        shown = (f"{each[name] * 100:.2f}" for name in ("claimed", "right"))
        table.add_row(f"{each['from']:g}", f"{each['to']:g}", str(each["words"]), *shown)
    return table
