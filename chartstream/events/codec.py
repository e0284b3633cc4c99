"""Events to bytes and back.

Two framings, told apart by the first byte:

* ``0xC3 0x01`` + 8 bytes CRC-64-AVRO fingerprint (little-endian) + body: Avro single-object encoding, written where no
  schema registry is configured. Readers carry every released schema.
* ``0x00`` + 4 bytes schema id (big-endian) + body: Confluent framing, written where a registry is configured.
"""

from __future__ import annotations

import io
from typing import Protocol, TypeVar

import fastavro
from pydantic import ValidationError

from chartstream.errors import Undecodable, UnknownSchema
from chartstream.events import schema
from chartstream.events.record import Record
from chartstream.events.schema import Schema

SINGLE_OBJECT_MARKER = b"\xc3\x01"
CONFLUENT_MARKER = b"\x00"

R = TypeVar("R", bound=Record)


class SchemaRegistry(Protocol):
    """What the codec asks of a schema registry."""

    def id_of(self, topic: str, written: Schema) -> int:
        """Id of a schema under the topic's subject, registering it if it is new. Raises ``Transient``."""
        ...

    def schema_of(self, schema_id: int) -> Schema:
        """Schema behind an id. Raises ``UnknownSchema`` if there is none, ``Transient`` if it cannot be asked."""
        ...


class Codec:
    """Encodes with one framing, decodes both."""

    def __init__(self, registry: SchemaRegistry | None = None) -> None:
        self._registry = registry

    def encode(self, record: Record, topic: str) -> bytes:
        """Bytes of a record for a topic. The topic matters to a registry's subject only."""
        written = schema.current(type(record).__name__)
        if self._registry is None:
            prefix = SINGLE_OBJECT_MARKER + written.fingerprint
        else:
            prefix = CONFLUENT_MARKER + self._registry.id_of(topic, written).to_bytes(4, "big")
        return prefix + encode_body(record, written)

    def decode(self, data: bytes | None, record_type: type[R]) -> R:
        """The record in ``data``.

        Raises ``Undecodable`` for bytes that are no such record (null among them), ``UnknownSchema`` for a schema
        that this reader does not know yet, ``Transient`` where the registry cannot be asked.
        """
        if data is None:
            raise Undecodable("the value is null; an event was expected")
        written, body = self._split(data)
        if written.name != record_type.__name__:
            raise Undecodable(f"the value is a {written.name}; a {record_type.__name__} was expected")
        return decode_body(body, written, record_type)

    def _split(self, data: bytes) -> tuple[Schema, bytes]:
        if data[:2] == SINGLE_OBJECT_MARKER and len(data) >= 10:
            known = schema.by_fingerprint().get(data[2:10])
            if known is None:
                raise UnknownSchema(f"schema fingerprint {data[2:10].hex()} is not known to this version")
            return known, data[10:]
        if data[:1] == CONFLUENT_MARKER and len(data) >= 5:
            schema_id = int.from_bytes(data[1:5], "big")
            if self._registry is None:
                raise UnknownSchema(f"schema id {schema_id} needs a registry; set CHARTSTREAM_SCHEMA_REGISTRY_URL")
            return self._registry.schema_of(schema_id), data[5:]
        raise Undecodable(f"the value ({len(data)} bytes) begins with neither Avro framing")


def encode_body(record: Record, written: Schema) -> bytes:
    """The Avro body of a record, without framing."""
    out = io.BytesIO()
    fastavro.schemaless_writer(out, written.parsed, record.model_dump())
    return out.getvalue()


def decode_body(body: bytes, written: Schema, record_type: type[R]) -> R:
    """A record from an Avro body that was written under some version of its schema. Raises ``Undecodable``."""
    read = schema.current(record_type.__name__)
    stream = io.BytesIO(body)
    resolved = None if written.fingerprint == read.fingerprint else read.parsed
    try:
        content = fastavro.schemaless_reader(stream, written.parsed, resolved)
        record = record_type.model_validate(content)
    except ValidationError as error:
        # pydantic's own text quotes the input, which may be a patient's
        places = ", ".join(".".join(map(str, e["loc"])) for e in error.errors(include_input=False, include_url=False))
        raise Undecodable(f"the {read.name} does not hold: {places}") from None
    except Exception as error:  # fastavro raises whatever the broken bytes lead it into
        raise Undecodable(f"the body is no {read.name}: {type(error).__name__}") from None
    if stream.tell() != len(body):
        raise Undecodable(f"{len(body) - stream.tell()} bytes follow the {read.name}")
    return record
