"""The wire format as the environment configures it."""

from __future__ import annotations

from chartstream.events.codec import Codec
from chartstream.events.registry import ConfluentRegistry
from chartstream.stream.settings import RegistrySettings


def codec_from_environment() -> Codec:
    """Confluent framing where a schema registry is configured, single-object encoding otherwise; reads both.

    Raises ``ConfigurationError`` for a registry at a wrong address or with wrong credentials, not for one that is away.
    """
    url = RegistrySettings.from_environment().url
    if url is None:
        return Codec()
    registry = ConfluentRegistry(url)
    registry.check()
    return Codec(registry)
