"""Files of claims on the command line: one as JSON a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console

from chartstream.errors import ConfigurationError
from chartstream.events.claims import ClaimCoded

_stderr = Console(stderr=True, highlight=False, soft_wrap=True)


def read_claims(path: Path) -> Iterator[ClaimCoded]:
    """Claims from a file with one as JSON a line. A line that is none is named on standard error, without its words.

    Raises ``ConfigurationError`` for a file that is not UTF-8.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(
            f"{path.name} cannot be read as UTF-8; give a file of claims, one as JSON a line"
        ) from None
    for count, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield ClaimCoded.model_validate_json(line)
        except ValidationError as error:
            faulty = error.errors(include_input=False, include_url=False)
            places = ", ".join(".".join(map(str, each["loc"])) or "line" for each in faulty[:3])
            _stderr.print(f"{path.name}, line {count} is no claim ({places}); it is passed over", markup=False)
