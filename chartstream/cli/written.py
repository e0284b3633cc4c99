"""Files that a command writes because a person asked for them."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from chartstream.errors import ConfigurationError

_stderr = Console(stderr=True)


def write(path: Path, content: str) -> None:
    """Write ``content``, which holds notes, and say so. Raises ``ConfigurationError`` when it cannot be written."""
    try:
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path.name} cannot be written: {error.strerror}; name another file") from error
    _stderr.print(f"{path} written; it holds the note")
