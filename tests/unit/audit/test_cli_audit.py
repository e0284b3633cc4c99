"""``chartstream audit`` without Kafka: keys, a bundle from files, its verification."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from chartstream.audit.chain import canonical
from chartstream.cli.audit import TRUSTED_KEY, app
from chartstream.documents import FsspecDocumentStore
from chartstream.errors import ConfigurationError
from chartstream.events.catalogue import topic_of
from tests.unit.audit.cases import ENCOUNTER, STORE, claim, events


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a pair of keys, a document store and a file of events."""
    url = (tmp_path / "documents").as_uri()
    monkeypatch.setenv("CHARTSTREAM_DOCUMENTS_URL", url)
    store = FsspecDocumentStore(url)
    addresses = {uri: store.put(content, "")[0] for uri, content in STORE.contents.items()}
    lines = "\n".join(canonical({"topic": topic_of(event), "event": event.model_dump()}).decode() for event in events())
    for old, new in addresses.items():
        lines = lines.replace(old, new)
    (tmp_path / "events.jsonl").write_text(lines + "\n", encoding="utf-8")
    assert run("keygen", tmp_path / "key.pem").exit_code == 0
    return tmp_path


@pytest.mark.parametrize("name", ["bundle", "bundle.zip"])
def test_a_bundle_from_files_verifies_until_it_is_changed(site: Path, name: str) -> None:
    made = run("export", ENCOUNTER, "--from", site / "events.jsonl", "--key", site / "key.pem", "--out", site / name)
    assert made.exit_code == 0, made.output
    assert "it holds the notes" in made.output
    assert "not in the bundle" not in made.output
    told = run("verify", site / name, "--key", site / "key.pem.pub")
    assert told.exit_code == 0, told.output
    assert "15 entries and every file are as they were signed" in told.output

    target = site / name / "texts" / "001.txt" if (site / name).is_dir() else site / name
    target.write_bytes(target.read_bytes().replace(b"polyneuropathy", b"polyneuropathX"))
    changed = run("verify", site / name, "--key", site / "key.pem.pub")
    assert changed.exit_code == 1
    assert "changed" in changed.output


def test_whose_signature_is_trusted_must_be_said(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = site / "bundle"
    run("export", ENCOUNTER, "--from", site / "events.jsonl", "--key", site / "key.pem", "--out", out)
    assert isinstance(run("verify", out).exception, ConfigurationError)
    monkeypatch.setenv(TRUSTED_KEY, (site / "key.pem.pub").read_text())
    assert run("verify", out).exit_code == 0
    monkeypatch.setenv(TRUSTED_KEY, "no key")
    assert isinstance(run("verify", out).exception, ConfigurationError)
    run("keygen", site / "other.pem")
    other = run("verify", out, "--key", site / "other.pem.pub")
    assert other.exit_code == 1
    assert "another key" in other.output


def test_keys_are_for_their_owner_and_never_written_over(site: Path) -> None:
    assert stat.S_IMODE((site / "key.pem").stat().st_mode) == 0o600
    before = (site / "key.pem").read_bytes()
    assert isinstance(run("keygen", site / "key.pem").exception, ConfigurationError)
    assert (site / "key.pem").read_bytes() == before


def test_a_bundle_is_never_written_over(site: Path) -> None:
    (site / "there").mkdir()
    result = run(
        "export", ENCOUNTER, "--from", site / "events.jsonl", "--key", site / "key.pem", "--out", site / "there"
    )
    assert "is there already" in str(result.exception)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 1 is no event"),
        ('{"topic": "claims.coded"}', "line 1 is no event"),
        ('{"topic": "unknown", "event": {}}', "line 1 is no event"),
        ('{"topic": "claims.coded", "event": {"claim_id": "Ann Example"}}', "line 1 does not hold: head"),
    ],
)
def test_a_line_that_is_no_event_ends_the_export_and_is_not_quoted(site: Path, line: str, said: str) -> None:
    (site / "broken.jsonl").write_text(line)
    result = run("export", ENCOUNTER, "--from", site / "broken.jsonl", "--key", site / "key.pem", "--out", site / "out")
    assert said in str(result.exception)
    assert "Ann Example" not in str(result.exception)
    assert not (site / "out").exists()


def test_events_of_other_encounters_are_left_out(site: Path) -> None:
    result = run("export", "another", "--from", site / "events.jsonl", "--key", site / "key.pem", "--out", site / "out")
    assert "nothing is known of encounter another" in str(result.exception)
    assert claim().head.encounter_id == ENCOUNTER


def test_what_is_no_private_key_is_refused_without_being_quoted(site: Path) -> None:
    result = run(
        "export", ENCOUNTER, "--from", site / "events.jsonl", "--key", site / "events.jsonl", "--out", site / "out"
    )
    assert str(result.exception).startswith("events.jsonl is no Ed25519 private key")
