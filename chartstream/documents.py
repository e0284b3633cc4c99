"""The document store on any file system that fsspec knows: a local folder, S3 and the like."""

from __future__ import annotations

import hashlib
import posixpath
import uuid

import fsspec
from fsspec.core import url_to_fs

from chartstream.errors import Problem, Rejected, Transient


class FsspecDocumentStore:
    """A ``DocumentStore`` that keeps each content at ``<root>/<first two of its hash>/<its sha256>``.

    ``url`` is a folder (``/srv/documents``, ``file:///srv/documents``, ``s3://bucket/prefix``). Access keys of remote
    stores come from where fsspec's file system looks for them. Safe for many processes: equal content has one place,
    and a file appears there complete or not at all.
    """

    def __init__(self, url: str) -> None:
        self._fs: fsspec.AbstractFileSystem
        self._fs, path = url_to_fs(url)
        self._root = path.rstrip("/")
        self._root_uri = self._fs.unstrip_protocol(self._root).rstrip("/")

    def get(self, uri: str, sha256: str) -> bytes:
        """The bytes behind a claim check; see ``DocumentStore.get``.

        Raises ``Rejected`` ``document_outside_store`` for a URI below another root: an event must not make us read
        arbitrary files.
        """
        path = self._path_of(uri)
        try:
            content: bytes = self._fs.cat_file(path)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            self._require_root(error)
            raise Rejected(
                Problem(
                    "document_missing",
                    "the document store holds nothing under the document's address",
                    "store the document again and submit the encounter with its new address",
                )
            ) from error
        except (OSError, TimeoutError) as error:
            raise _unreachable("read from", error) from error
        if hashlib.sha256(content).hexdigest() != sha256.lower():
            raise Rejected(
                Problem(
                    "document_altered",
                    "the stored document is not the one that was submitted: its hash differs",
                    "store the document again and submit the encounter with the hash of the new content",
                )
            )
        return content

    def put(self, content: bytes, media_type: str) -> tuple[str, str]:
        """Store bytes under their own hash; see ``DocumentStore.put``. ``media_type`` travels in events."""
        digest = hashlib.sha256(content).hexdigest()
        folder = f"{self._root}/{digest[:2]}"
        target = f"{folder}/{digest}"
        scratch = f"{folder}/.{digest}.{uuid.uuid4().hex}"
        try:
            if not self._fs.exists(target):
                self._fs.makedirs(folder, exist_ok=True)
                try:
                    self._fs.pipe_file(scratch, content)
                    self._fs.mv(scratch, target)
                finally:
                    if self._fs.exists(scratch):
                        self._fs.rm_file(scratch)
        except (OSError, TimeoutError) as error:
            raise _unreachable("write to", error) from error
        return f"{self._root_uri}/{digest[:2]}/{digest}", digest

    def _require_root(self, error: OSError) -> None:
        """A store that is not there at all, for example not mounted, has not lost a document: try again later."""
        try:
            if self._fs.exists(self._root):
                return
        except (OSError, TimeoutError) as other:
            raise _unreachable("read from", other) from other
        raise _unreachable("find", error) from error

    def _path_of(self, uri: str) -> str:
        """The path behind a URI below the root; ``..`` and the like are resolved before it is judged."""
        path = posixpath.normpath(str(url_to_fs(uri)[1])) if uri.startswith(f"{self._root_uri}/") else ""
        if not path.startswith(f"{self._root}/"):
            raise Rejected(
                Problem(
                    "document_outside_store",
                    "the document's address does not lie in this site's document store",
                    "upload the document to the document store and submit the address that it returns",
                )
            )
        return path


def _unreachable(action: str, error: OSError) -> Transient:
    # Only the kind of error: its text may hold a path, and a path may hold what a sender put into it.
    kind = f"{type(error).__name__} {error.errno}" if error.errno is not None else type(error).__name__
    return Transient(f"cannot {action} the document store ({kind}); check that it is reachable, writable and not full")
