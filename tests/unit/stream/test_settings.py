from __future__ import annotations

from pathlib import Path

import pytest

from chartstream.errors import ConfigurationError
from chartstream.stream.settings import DocumentsSettings, KafkaSettings


def test_without_settings_it_is_the_local_broker() -> None:
    assert KafkaSettings.from_environment().client_config() == {
        "bootstrap.servers": "127.0.0.1:9092",
        "security.protocol": "PLAINTEXT",
    }


def test_credentials_reach_librdkafka_and_no_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("hush\n")
    monkeypatch.setenv("CHARTSTREAM_KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    monkeypatch.setenv("CHARTSTREAM_KAFKA_SASL_MECHANISM", "SCRAM-SHA-512")
    monkeypatch.setenv("CHARTSTREAM_KAFKA_SASL_USERNAME", "intake")
    monkeypatch.setenv("CHARTSTREAM_KAFKA_SASL_PASSWORD_FILE", str(tmp_path / "password"))
    monkeypatch.setenv("CHARTSTREAM_KAFKA_SSL_KEY_PASSWORD", "whisper")

    settings = KafkaSettings.from_environment()

    assert settings.client_config()["sasl.password"] == "hush"
    assert settings.client_config()["ssl.key.password"] == "whisper"
    assert "hush" not in repr(settings)
    assert "whisper" not in repr(settings)


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"SECURITY_PROTOCOL": "TLS"}, "CHARTSTREAM_KAFKA_SECURITY_PROTOCOL"),
        ({"SECURITY_PROTOCOL": "SASL_SSL"}, "needs sasl_mechanism"),
        ({"SASL_PASSWORD": "hush", "SASL_PASSWORD_FILE": "f"}, "keep one"),
        ({"TOPIC_PREFIX": "a b"}, "CHARTSTREAM_KAFKA_TOPIC_PREFIX"),
    ],
)
def test_a_wrong_setting_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"CHARTSTREAM_KAFKA_{name}", value)

    with pytest.raises(ConfigurationError, match=named) as raised:
        KafkaSettings.from_environment()
    assert "hush" not in str(raised.value)


def test_a_missing_password_file_is_named(tmp_path: Path) -> None:
    settings = KafkaSettings(sasl_password_file=tmp_path / "absent")

    with pytest.raises(ConfigurationError, match="absent: the password cannot be read"):
        settings.client_config()


def test_documents_lie_under_the_state_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CHARTSTREAM_HOME", str(tmp_path))

    assert DocumentsSettings.from_environment().url == (tmp_path / "documents").as_uri()
