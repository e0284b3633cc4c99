"""The topics as topics.yaml declares them, and how a cluster is made to match."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from chartstream.errors import ConfigurationError

_DAYS = {"day": 1, "days": 1, "year": 366, "years": 366}  # 366: a year kept is never a day short
_DAY_MS = 86_400_000


def _days(text: object) -> object:
    match = re.fullmatch(r"(\d+) (days?|years?)", text) if isinstance(text, str) else None
    return int(match[1]) * _DAYS[match[2]] if match else text


class Topic(BaseModel):
    """One declared topic. ``retention`` is in days, None for a compacted topic; sizes are in bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9.-]*$", max_length=100)
    partitions: int = Field(ge=1)
    replication: int = Field(ge=1)
    min_insync_replicas: int = Field(ge=1)
    max_message_bytes: int = Field(ge=1024)
    compression: Literal["producer", "uncompressed", "zstd", "lz4", "snappy", "gzip"]
    keyed: bool
    """Keyed by encounter: its number of partitions is that of the chain and never changes."""
    cleanup: Literal["delete", "compact"] = "delete"
    retention: Annotated[int | None, BeforeValidator(_days)] = Field(default=None, ge=1)
    segment_bytes: int | None = Field(default=None, ge=1024 * 1024)

    @model_validator(mode="after")
    def _retention_fits_cleanup(self) -> Self:
        if (self.cleanup == "delete") != (self.retention is not None):
            raise ValueError("a topic has either a retention or cleanup: compact")
        return self

    def config(self, replication: int) -> dict[str, str]:
        """The topic's settings in Kafka's names, for a cluster that keeps ``replication`` copies."""
        settings = {
            "cleanup.policy": self.cleanup,
            "compression.type": self.compression,
            "max.message.bytes": str(self.max_message_bytes),
            "min.insync.replicas": str(max(1, min(self.min_insync_replicas, replication - 1))),
            "retention.ms": "-1" if self.retention is None else str(self.retention * _DAY_MS),
        }
        if self.segment_bytes is not None:
            settings["segment.bytes"] = str(self.segment_bytes)
        return settings


@dataclass(frozen=True, slots=True)
class Topics:
    """All declared topics, by name, and the number of partitions of those keyed by encounter."""

    partitions: int
    by_name: Mapping[str, Topic]

    def with_partitions(self, partitions: int) -> Topics:
        """The same topics with another number of partitions, of all those that are keyed by encounter."""
        changed = {
            name: topic.model_copy(update={"partitions": partitions}) if topic.keyed else topic
            for name, topic in self.by_name.items()
        }
        return Topics(partitions, changed)


@cache
def declared_topics() -> Topics:
    """The topics of the packaged topics.yaml."""
    return parse_topics((files("chartstream.stream") / "topics.yaml").read_text())


def parse_topics(text: str) -> Topics:
    """The topics of a file in the form of topics.yaml. Raises ``ConfigurationError`` that names what is wrong."""
    try:
        document: dict[str, Any] = yaml.safe_load(text)
        partitions, defaults = document["partitions"], document["defaults"]
        topics = {
            name: Topic.model_validate({"name": name, "partitions": partitions, **defaults, **own})
            for name, own in document["topics"].items()
        }
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join([error.title, *map(str, fault["loc"])])
        raise ConfigurationError(f"topics.yaml: {where}: {fault['msg']}; correct that entry") from error
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            f"topics.yaml: not of the form partitions, defaults, topics ({error}); compare it with the packaged file"
        ) from error
    for topic in topics.values():
        if topic.keyed and topic.partitions != partitions:
            raise ConfigurationError(
                f"topics.yaml: {topic.name} is keyed but has {topic.partitions} partitions instead of {partitions}; "
                "all keyed topics need the same number"
            )
    return Topics(partitions, topics)
