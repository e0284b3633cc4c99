"""The ports that every service is given, from the environment."""

from __future__ import annotations

from chartstream.documents import FsspecDocumentStore
from chartstream.redis_cache import RedisCache
from chartstream.stream.settings import DocumentsSettings, KafkaSettings, RedisSettings


def documents() -> FsspecDocumentStore:
    """The document store."""
    return FsspecDocumentStore(DocumentsSettings.from_environment().url)


def cache() -> RedisCache:
    """The cache; nothing is lost where there is none."""
    return RedisCache(RedisSettings.from_environment().url)


def topic_prefix() -> str:
    """What stands before every topic's name."""
    return KafkaSettings.from_environment().topic_prefix
