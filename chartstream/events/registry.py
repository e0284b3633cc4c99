"""A Confluent-compatible schema registry, through confluent-kafka's client.

What goes wrong with a registry is never the record's fault: while it is out of reach, refuses or is misconfigured,
records wait (``Transient``). What an operator must mend is found at the start, by ``check``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from confluent_kafka.schema_registry import Schema as RegistrySchema
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from chartstream.errors import ConfigurationError, Transient, Undecodable, UnknownSchema
from chartstream.events import schema
from chartstream.events.schema import Schema

COMPATIBILITY = "FULL_TRANSITIVE"

TIMEOUT_SECONDS = 5.0
"""For connecting, and for each answer. The client's own default is to wait for ever."""

REST_SECONDS = 5.0
"""How long a registry that failed is not asked: hundreds of records waiting in line would each cost a timeout."""

_SUBJECT_NOT_FOUND, _SCHEMA_NOT_FOUND = 40401, 40403

T = TypeVar("T")


class ConfluentRegistry:
    """Subjects ``<topic>-value`` under FULL_TRANSITIVE compatibility. Ids and schemas are kept once asked for.

    A schema that the registry has is looked up, which needs no right to write; a new one is registered. Not for
    several threads.
    """

    def __init__(self, url: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        """``url``: ``http(s)://[USER:PASSWORD@]HOST[:PORT][/PATH]``, several separated by commas.

        ``monotonic`` is a clock in seconds. Raises ``ConfigurationError`` for what is no such URL.
        """
        self._client = _client(url)
        self._monotonic = monotonic
        self._rests_until = float("-inf")
        self._ids: dict[tuple[str, bytes], int] = {}
        self._schemas: dict[int, Schema] = {}

    def check(self) -> None:
        """Find out early what would keep records waiting for ever: a wrong address or wrong credentials.

        A registry that cannot be reached now may be later; it raises nothing. Raises ``ConfigurationError``.
        """
        try:
            self._ask(self._client.get_compatibility)
        except _Refused as error:
            if error.status in {401, 403, 404}:
                raise ConfigurationError(f"CHARTSTREAM_SCHEMA_REGISTRY_URL: {error}") from error
        except Transient:
            return

    def id_of(self, topic: str, written: Schema) -> int:
        """Id of a schema under the topic's subject, registering it if it is new.

        Raises ``Transient`` where the registry cannot be asked or refuses the schema.
        """
        key = (topic, written.fingerprint)
        if key not in self._ids:
            self._ids[key] = self._known(f"{topic}-value", written) or self._register(f"{topic}-value", written)
        return self._ids[key]

    def schema_of(self, schema_id: int) -> Schema:
        """Schema behind an id.

        Raises ``UnknownSchema`` where the registry has none, ``Undecodable`` where it is no Avro record, ``Transient``
        where the registry cannot be asked.
        """
        if schema_id not in self._schemas:
            try:
                found = self._ask(lambda: self._client.get_schema(schema_id))
            except _Refused as error:
                if error.code == _SCHEMA_NOT_FOUND:
                    raise UnknownSchema(f"schema id {schema_id} is not in the registry") from None
                raise
            self._schemas[schema_id] = _avro(schema_id, found)
        return self._schemas[schema_id]

    def _known(self, subject: str, written: Schema) -> int | None:
        try:
            found = self._ask(lambda: self._client.lookup_schema(subject, RegistrySchema(written.text, "AVRO")))
        except _Refused as error:
            if error.code in {_SUBJECT_NOT_FOUND, _SCHEMA_NOT_FOUND}:
                return None
            raise
        return found.schema_id

    def _register(self, subject: str, written: Schema) -> int:
        if self._compatibility(subject) != COMPATIBILITY:
            self._ask(lambda: self._client.set_compatibility(subject_name=subject, level=COMPATIBILITY))
        try:
            return int(self._ask(lambda: self._client.register_schema(subject, RegistrySchema(written.text, "AVRO"))))
        except _Refused as error:
            if error.status in {409, 422}:
                reason = f"the schema registry refuses the schema of {subject}; compare it with the versions there"
                raise Transient(f"{reason} ({error.said})") from error
            raise

    def _compatibility(self, subject: str) -> str | None:
        """What holds for a subject; ``None`` where nothing is set for it. Some registries answer with their default."""
        try:
            return self._ask(lambda: self._client.get_compatibility(subject))
        except _Refused as error:
            if error.status == 404:
                return None
            raise

    def _ask(self, question: Callable[[], T]) -> T:
        if self._monotonic() < self._rests_until:
            raise Transient("the schema registry failed moments ago and is not asked again yet")
        try:
            return question()
        except SchemaRegistryError as error:
            if error.http_status_code >= 500 or error.http_status_code == 429:
                self._rest()
            raise _Refused(error) from error
        except Exception as error:  # of whichever HTTP library the client found: httpx2 or httpx
            self._rest()
            raise Transient(f"the schema registry cannot be reached: {type(error).__name__}") from error

    def _rest(self) -> None:
        self._rests_until = self._monotonic() + REST_SECONDS


class _Refused(Transient):
    """The registry answered, with an error."""

    def __init__(self, error: SchemaRegistryError) -> None:
        self.status, self.code = error.http_status_code, error.error_code
        self.said = str(error.error_message)[:300]
        remedy = {
            401: "; check the user and password in its URL",
            403: "; give this user the right to read and register schemas",
            404: "; check the path in its URL",
        }.get(self.status, "")
        super().__init__(f"the schema registry answered {self.status}{remedy}")


def _client(url: str) -> SchemaRegistryClient:
    """The client, with credentials apart from the addresses: HTTP libraries log those."""
    addresses, credentials = [], None
    for given in url.split(","):
        parts = urlsplit(given.strip())
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ConfigurationError(
                "CHARTSTREAM_SCHEMA_REGISTRY_URL: no URL of a registry; write http(s)://[USER:PASSWORD@]HOST[:PORT][/PATH]"
            )
        addresses.append(parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl())
        if parts.username is not None and credentials is None:
            credentials = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    settings: dict[str, object] = {"url": ",".join(addresses), "timeout": TIMEOUT_SECONDS, "max.retries": 0}
    if credentials is not None:
        settings["basic.auth.user.info"] = credentials
    return SchemaRegistryClient(settings)


def _avro(schema_id: int, found: RegistrySchema) -> Schema:
    try:
        return schema.from_json(json.loads(found.schema_str or "null"))
    except Exception as error:  # the JSON or Protobuf schema of another application, a union, anything at all
        raise Undecodable(f"schema id {schema_id} is no Avro record: {type(error).__name__}") from None
