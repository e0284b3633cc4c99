"""A Confluent-compatible schema registry, through confluent-kafka's client."""

from __future__ import annotations

import json

from confluent_kafka.schema_registry import Schema as RegistrySchema
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError
from httpx import HTTPError

from chartstream.errors import ConfigurationError, Transient, UnknownSchema
from chartstream.events import schema
from chartstream.events.schema import Schema

COMPATIBILITY = "FULL_TRANSITIVE"


class ConfluentRegistry:
    """Subjects ``<topic>-value`` under FULL_TRANSITIVE compatibility. Ids and schemas are kept once asked for."""

    def __init__(self, url: str, client: SchemaRegistryClient | None = None) -> None:
        self._client = client or SchemaRegistryClient({"url": url})
        self._ids: dict[tuple[str, bytes], int] = {}
        self._schemas: dict[int, Schema] = {}

    def id_of(self, topic: str, written: Schema) -> int:
        """Id of a schema under the topic's subject, registering it if it is new.

        Raises ``Transient`` where the registry cannot be asked, ``ConfigurationError`` where it refuses the schema.
        """
        key = (topic, written.fingerprint)
        if key not in self._ids:
            self._ids[key] = self._register(f"{topic}-value", written)
        return self._ids[key]

    def schema_of(self, schema_id: int) -> Schema:
        """Schema behind an id. Raises ``UnknownSchema`` if there is none, ``Transient`` if it cannot be asked."""
        if schema_id not in self._schemas:
            try:
                found = self._client.get_schema(schema_id)
            except SchemaRegistryError as error:
                if error.http_status_code == 404:
                    raise UnknownSchema(f"schema id {schema_id} is not in the registry") from None
                raise Transient(f"the schema registry answered {error.http_status_code}") from error
            except (HTTPError, OSError) as error:
                raise Transient(f"the schema registry cannot be reached: {type(error).__name__}") from error
            self._schemas[schema_id] = schema.from_json(json.loads(found.schema_str or "null"))
        return self._schemas[schema_id]

    def _register(self, subject: str, written: Schema) -> int:
        try:
            if subject not in self._client.get_subjects():
                self._client.set_compatibility(subject_name=subject, level=COMPATIBILITY)
            return int(self._client.register_schema(subject, RegistrySchema(written.text, "AVRO")))
        except SchemaRegistryError as error:
            if error.http_status_code in {409, 422}:
                raise ConfigurationError(
                    f"the registry refuses the schema of {subject}: {error.error_message}; "
                    "compare it with the versions registered there"
                ) from error
            raise Transient(f"the schema registry answered {error.http_status_code}") from error
        except (HTTPError, OSError) as error:
            raise Transient(f"the schema registry cannot be reached: {type(error).__name__}") from error
