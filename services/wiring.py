"""The ports that every service is given, from the environment."""

from __future__ import annotations

from chartstream.documents import FsspecDocumentStore
from chartstream.events.codec import Codec
from chartstream.events.registry import ConfluentRegistry
from chartstream.stream.settings import DocumentsSettings, KafkaSettings, RegistrySettings


def codec() -> Codec:
    """Writes Confluent framing where a schema registry is configured, single-object encoding otherwise."""
    url = RegistrySettings.from_environment().url
    return Codec(ConfluentRegistry(url) if url else None)


def documents() -> FsspecDocumentStore:
    """The document store."""
    return FsspecDocumentStore(DocumentsSettings.from_environment().url)


def topic_prefix() -> str:
    """What stands before every topic's name."""
    return KafkaSettings.from_environment().topic_prefix
