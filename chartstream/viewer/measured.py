"""Quality checks for the eye: what is not simply accepted stands first, the rest is one row for each kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chartstream.events.documents import QualityCheck, Verdict


@dataclass(frozen=True, slots=True)
class Measured:
    """A row: one check, or all accepted checks of one kind with the range of what was measured on the pages."""

    name: str
    pages: str
    value: str
    unit: str
    verdict: Verdict
    message: str


def rows(checks: Iterable[QualityCheck]) -> tuple[Measured, ...]:
    """The rows of a document's checks."""
    accepted: dict[str, list[QualityCheck]] = {}
    first = []
    for check in checks:
        if check.verdict is Verdict.ACCEPT:
            accepted.setdefault(check.name, []).append(check)
        else:
            first.append(_row([check], check.message))
    return (*first, *(_row(alike, alike[0].message if len(alike) == 1 else "") for alike in accepted.values()))


def _row(checks: list[QualityCheck], message: str) -> Measured:
    values = sorted(check.value for check in checks if check.value is not None)
    pages = sorted(check.page for check in checks if check.page is not None)
    shown = dict.fromkeys(_number(value) for value in (*values[:1], *values[-1:]))
    return Measured(
        name=checks[0].name.replace("_", " "),
        pages="" if not pages else str(pages[0]) if len(pages) == 1 else f"{pages[0]}-{pages[-1]}",
        value=" to ".join(shown),
        unit=checks[0].unit or "",
        verdict=checks[0].verdict,
        message=message,
    )


def _number(value: float) -> str:
    return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
