"""The document store: one place for equal content, and nothing read from anywhere else."""

from __future__ import annotations

import errno
import hashlib
from pathlib import Path

import pytest

from chartstream.documents import FsspecDocumentStore
from chartstream.errors import Rejected, Transient

CONTENT = b"A note about Orla Whitcombe."


@pytest.fixture
def store(tmp_path: Path) -> FsspecDocumentStore:
    return FsspecDocumentStore(str(tmp_path / "store"))


def code_of(rejection: pytest.ExceptionInfo[Rejected]) -> str:
    return rejection.value.problems[0].code


def test_content_lies_under_its_own_hash(store: FsspecDocumentStore, tmp_path: Path) -> None:
    uri, sha256 = store.put(CONTENT, "text/plain")
    assert sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert (tmp_path / "store" / sha256[:2] / sha256).read_bytes() == CONTENT
    assert store.get(uri, sha256) == CONTENT


def test_storing_twice_gives_the_same_address_and_one_file(store: FsspecDocumentStore, tmp_path: Path) -> None:
    assert store.put(CONTENT, "text/plain") == store.put(CONTENT, "text/plain")
    assert len([path for path in (tmp_path / "store").rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize("form", ["{}/a", "file://{}/b"])
def test_a_folder_may_be_given_as_path_or_url(tmp_path: Path, form: str) -> None:
    store = FsspecDocumentStore(form.format(tmp_path))
    assert store.get(*store.put(CONTENT, "text/plain")) == CONTENT


def test_other_file_systems_serve_as_well() -> None:
    store = FsspecDocumentStore("memory://chartstream-test/documents")
    uri, sha256 = store.put(CONTENT, "text/plain")
    assert uri.startswith("memory://")
    assert store.get(uri, sha256) == CONTENT


def test_what_is_gone_is_rejected_as_missing(store: FsspecDocumentStore, tmp_path: Path) -> None:
    uri, sha256 = store.put(CONTENT, "text/plain")
    (tmp_path / "store" / sha256[:2] / sha256).unlink()
    with pytest.raises(Rejected) as rejection:
        store.get(uri, sha256)
    assert code_of(rejection) == "document_missing"


def test_what_was_altered_is_rejected(store: FsspecDocumentStore, tmp_path: Path) -> None:
    uri, sha256 = store.put(CONTENT, "text/plain")
    (tmp_path / "store" / sha256[:2] / sha256).write_bytes(CONTENT + b"!")
    with pytest.raises(Rejected) as rejection:
        store.get(uri, sha256)
    assert code_of(rejection) == "document_altered"


@pytest.mark.parametrize(
    "uri",
    [
        "file:///etc/passwd",
        "/etc/passwd",
        "{root}/../secret",
        "{root}/ab/../../secret",
        "{root}-other/secret",
        "{root}",
        "http://example.test/secret",
        "",
    ],
)
def test_addresses_outside_the_root_are_never_opened(store: FsspecDocumentStore, tmp_path: Path, uri: str) -> None:
    secret = b"not for you"
    (tmp_path / "store").mkdir()
    (tmp_path / "secret").write_bytes(secret)
    (tmp_path / "store-other").mkdir()
    (tmp_path / "store-other" / "secret").write_bytes(secret)
    with pytest.raises(Rejected) as rejection:
        store.get(uri.format(root=f"file://{tmp_path}/store"), hashlib.sha256(secret).hexdigest())
    assert code_of(rejection) == "document_outside_store"


def test_a_store_that_is_not_there_is_tried_again(tmp_path: Path) -> None:
    store = FsspecDocumentStore(str(tmp_path / "store"))
    uri, sha256 = store.put(CONTENT, "text/plain")
    (tmp_path / "store").rename(tmp_path / "unmounted")
    with pytest.raises(Transient):
        store.get(uri, sha256)


@pytest.mark.parametrize(
    "failure", [OSError(errno.ENOSPC, "No space"), PermissionError(errno.EACCES, "no"), TimeoutError()]
)
def test_a_failing_disk_is_transient_and_leaves_nothing_half_written(
    store: FsspecDocumentStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: OSError
) -> None:
    def broken(path: str, value: bytes) -> None:
        Path(path).write_bytes(value[:5])
        raise failure

    monkeypatch.setattr(store._fs, "pipe_file", broken)
    with pytest.raises(Transient) as raised:
        store.put(CONTENT, "text/plain")
    assert str(tmp_path) not in str(raised.value)
    assert not [path for path in (tmp_path / "store").rglob("*") if path.is_file()]


def test_a_read_that_fails_is_transient(store: FsspecDocumentStore, monkeypatch: pytest.MonkeyPatch) -> None:
    uri, sha256 = store.put(CONTENT, "text/plain")

    def broken(path: str) -> bytes:
        raise OSError(errno.EIO, "input/output error", path)

    monkeypatch.setattr(store._fs, "cat_file", broken)
    with pytest.raises(Transient):
        store.get(uri, sha256)
