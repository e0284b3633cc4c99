from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from chartstream.errors import ConfigurationError
from chartstream.local import jars


def test_the_lock_has_the_versions_of_the_pom() -> None:
    pom = (jars.kafka_folder() / "pom.xml").read_text()
    versions = dict(re.findall(r"<(kafka|log4j)\.version>([\d.]+)<", pom))
    locked = {path.parts[-3]: path.parts[-2] for path in jars.locked_jars()}

    assert jars.kafka_version() == versions["kafka"]
    assert locked["log4j-core"] == locked["log4j-slf4j-impl"] == versions["log4j"]


@pytest.fixture
def one_jar(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A lock of one jar, an empty cache, and a Maven that fetches whatever the returned file holds."""
    path = Path("org/apache/kafka/kafka_2.13/9.9/kafka_2.13-9.9.jar")
    source = tmp_path / "source.jar"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(jars, "locked_jars", lambda: {path: hashlib.sha256(b"right").hexdigest()})

    def fetch(target: Path) -> None:
        (target / path).parent.mkdir(parents=True)
        (target / path).write_bytes(source.read_bytes())

    monkeypatch.setattr(jars, "_fetch_with_maven", fetch)
    monkeypatch.setattr(jars.shutil, "which", lambda _: "mvn")
    return source


def test_jars_are_fetched_once_and_kept(one_jar: Path) -> None:
    one_jar.write_bytes(b"right")
    first = jars.class_path()
    one_jar.unlink()

    assert jars.class_path() == first
    assert Path(first).read_bytes() == b"right"


def test_a_jar_with_another_hash_is_refused_and_not_kept(one_jar: Path, tmp_path: Path) -> None:
    one_jar.write_bytes(b"wrong")

    with pytest.raises(ConfigurationError, match=r"kafka_2\.13-9\.9\.jar: what was fetched is not what"):
        jars.class_path()
    assert list(tmp_path.glob("cache/**/*.jar")) == []


def test_without_maven_and_jgo_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch, one_jar: Path) -> None:
    monkeypatch.setattr(jars.shutil, "which", lambda _: None)
    monkeypatch.setattr(jars.importlib.util, "find_spec", lambda _: None)

    with pytest.raises(ConfigurationError, match="apt-get install maven, or pip install jgo"):
        jars.class_path()
