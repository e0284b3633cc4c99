"""How to reach what the stream runs on, from the environment: Kafka, Redis, the document store."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from chartstream.errors import ConfigurationError
from chartstream.home import state_home

DEFAULT_BOOTSTRAP = "127.0.0.1:9092"
DEFAULT_REDIS_URL = "redis://127.0.0.1:6379/0"


class EnvironmentSettings(BaseSettings):
    """Settings whose errors name the variable and never show its value, which may be a secret."""

    @classmethod
    def from_environment(cls) -> Self:
        """Read and check them. Raises ``ConfigurationError`` that names the variable at fault and the reason."""
        prefix = cls.model_config.get("env_prefix", "")
        try:
            return cls()
        except ValidationError as error:
            faults = "; ".join(
                f"{prefix}{'_'.join(map(str, fault['loc'])).upper() or '*'}: {fault['msg']}"
                for fault in error.errors(include_input=False, include_context=False, include_url=False)
            )
            raise ConfigurationError(f"{faults}; correct or unset it") from None


class KafkaSettings(EnvironmentSettings):
    """A Kafka cluster and who we are there: ``CHARTSTREAM_KAFKA_*``. Without any, the local broker's default port."""

    model_config = SettingsConfigDict(env_prefix="CHARTSTREAM_KAFKA_", frozen=True, extra="ignore")

    bootstrap: str = Field(default=DEFAULT_BOOTSTRAP, min_length=1)
    """Bootstrap servers, ``host:port[,host:port…]``."""
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER", "GSSAPI"] | None = None
    sasl_username: str | None = None
    sasl_password: SecretStr | None = None
    sasl_password_file: Path | None = None
    """A file, such as a mounted Kubernetes secret, that holds the password; a line end is dropped."""
    ssl_ca_location: Path | None = None
    ssl_certificate_location: Path | None = None
    ssl_key_location: Path | None = None
    ssl_key_password: SecretStr | None = None
    ssl_key_password_file: Path | None = None
    topic_prefix: str = Field(default="", pattern=r"^[a-zA-Z0-9._-]*$", max_length=100)
    """Put before every topic's name as it stands (``acme.``): tenants with principals of their own get one each."""

    @model_validator(mode="after")
    def _one_source_for_each_secret(self) -> Self:
        for name in ("sasl_password", "ssl_key_password"):
            if getattr(self, name) is not None and getattr(self, f"{name}_file") is not None:
                raise ValueError(f"{name} and {name}_file are both set; keep one")
        if self.security_protocol.startswith("SASL") and self.sasl_mechanism is None:
            raise ValueError(f"security_protocol {self.security_protocol} needs sasl_mechanism")
        return self

    def topic(self, name: str) -> str:
        """The topic's full name on this cluster."""
        return self.topic_prefix + name

    def client_config(self) -> dict[str, str | int | float | bool]:
        """What every librdkafka client needs to connect: addresses, protocol and credentials, nothing else.

        Raises ``ConfigurationError`` when a password file cannot be read.
        """
        given = {
            "bootstrap.servers": self.bootstrap,
            "security.protocol": self.security_protocol,
            "sasl.mechanism": self.sasl_mechanism,
            "sasl.username": self.sasl_username,
            "sasl.password": _secret(self.sasl_password, self.sasl_password_file),
            "ssl.ca.location": self.ssl_ca_location,
            "ssl.certificate.location": self.ssl_certificate_location,
            "ssl.key.location": self.ssl_key_location,
            "ssl.key.password": _secret(self.ssl_key_password, self.ssl_key_password_file),
        }
        return {key: str(value) for key, value in given.items() if value is not None}


class RedisSettings(EnvironmentSettings):
    """The Redis of caches and projections: ``CHARTSTREAM_REDIS_URL``."""

    model_config = SettingsConfigDict(env_prefix="CHARTSTREAM_REDIS_", frozen=True, extra="ignore")

    url: str = Field(default=DEFAULT_REDIS_URL, min_length=1, repr=False)
    """``redis://`` or ``rediss://`` with host, port and database; may hold a password, so keep it out of logs."""


def _documents_folder() -> str:
    return (state_home() / "documents").as_uri()


class DocumentsSettings(EnvironmentSettings):
    """Where documents lie: ``CHARTSTREAM_DOCUMENTS_URL``, any URL that fsspec knows."""

    model_config = SettingsConfigDict(env_prefix="CHARTSTREAM_DOCUMENTS_", frozen=True, extra="ignore")

    url: str = Field(default_factory=_documents_folder, min_length=1)
    """``s3://bucket/path``, ``file:///…``; by default the folder ``documents`` of the state home."""


class RegistrySettings(EnvironmentSettings):
    """The schema registry: ``CHARTSTREAM_SCHEMA_REGISTRY_URL``. Without it events carry their schema's fingerprint."""

    model_config = SettingsConfigDict(env_prefix="CHARTSTREAM_SCHEMA_REGISTRY_", frozen=True, extra="ignore")

    url: str | None = Field(default=None, min_length=1, repr=False)
    """URL of a Confluent-compatible registry; may hold a password, so keep it out of logs."""


def _secret(value: SecretStr | None, file: Path | None) -> str | None:
    if file is None:
        return None if value is None else value.get_secret_value()
    try:
        return file.read_text().rstrip("\r\n")
    except OSError as error:
        raise ConfigurationError(f"{file}: the password cannot be read ({error.strerror}); check the path") from error
