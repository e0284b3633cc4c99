"""Keys and addresses of services, as settings name them."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from chartstream.errors import ConfigurationError

URL = r"^https?://[^\s/]+(/\S*)?$"


def secret(given: SecretStr | None, file: Path | None) -> str | None:
    """A key, from its variable or its file; None when neither is set.

    Raises ``ConfigurationError`` when the file cannot be read or is empty.
    """
    if file is None:
        return given.get_secret_value() if given else None
    try:
        key = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(f"{file}: the key cannot be read ({error.strerror}); check the path") from error
    if not key:
        raise ConfigurationError(f"{file}: the key is empty; write it there")
    return key
