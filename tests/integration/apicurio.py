"""Apicurio Registry with its Confluent-compatible API, brought by Maven, in memory, on a free port."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
import tempfile
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import Self

from chartstream.errors import ConfigurationError
from chartstream.home import cache_home
from chartstream.local.java import find_java
from chartstream.local.ports import free_port
from chartstream.local.process import DetachedProcess

VERSION = "2.6.13.Final"
"""The last that runs on Java 17."""

_ARCHIVE_SHA256 = "3cda1b34aa020fb4ac4dd6a66018d757e81e437f97e20a1f92d366b70091c6ba"
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
_START_WITHIN = 150.0


class Unavailable(Exception):
    """It cannot be had here; says why."""


class Apicurio:
    """One registry process, ended with the thread that started it."""

    def __init__(self, home: Path) -> None:
        """Fetches it first where the cache does not hold it (142 MB). Raises ``Unavailable``."""
        self._folder = _unpacked()
        self._port = free_port()
        self._process = DetachedProcess(home, "apicurio")

    @property
    def url(self) -> str:
        """Its Confluent-compatible API."""
        return f"http://127.0.0.1:{self._port}/apis/ccompat/v7"

    def __enter__(self) -> Self:
        try:
            java = find_java()
        except ConfigurationError as error:
            raise Unavailable(str(error)) from error
        runner = self._folder / f"apicurio-registry-app-{VERSION}-runner.jar"
        listen = ["-Dquarkus.http.host=127.0.0.1", f"-Dquarkus.http.port={self._port}"]
        self._process.start([java, "-Xmx384m", *listen, "-jar", runner], bound=True)
        deadline = time.monotonic() + _START_WITHIN
        while not self._answers():
            assert self._process.pid is not None, self._process.tail(20)
            assert time.monotonic() < deadline, f"no answer in {_START_WITHIN:.0f} s: {self._process.tail(20)}"
            time.sleep(0.2)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.stop(graceful=False)

    def _answers(self) -> bool:
        try:
            connection = HTTPConnection("127.0.0.1", self._port, timeout=5)
            connection.request("GET", "/apis/ccompat/v7/subjects")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False  # not listening yet: what the wait is for


def _unpacked() -> Path:
    folder = cache_home() / "apicurio" / VERSION
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetching-") as temporary:
        archive = _fetched(Path(temporary))
        if hashlib.sha256(archive.read_bytes()).hexdigest() != _ARCHIVE_SHA256:
            raise Unavailable(f"{archive.name}: what was fetched is not what is recorded here")
        with tarfile.open(archive) as tar:
            tar.extractall(Path(temporary) / "unpacked", filter="data")
        (Path(temporary) / "unpacked").rename(folder)
    return folder


def _fetched(folder: Path) -> Path:
    if shutil.which("mvn") is None:
        raise Unavailable("mvn is not there to fetch Apicurio Registry; apt-get install maven")
    artifact = f"io.apicurio:apicurio-registry-app:{VERSION}:tar.gz:all"
    command = ["mvn", "-q", "-B", _COPY, f"-Dartifact={artifact}", f"-DoutputDirectory={folder}"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=200, check=False)
    except subprocess.TimeoutExpired:
        raise Unavailable("Maven did not fetch Apicurio Registry within 200 s") from None
    if done.returncode != 0:
        raise Unavailable(f"Maven could not fetch Apicurio Registry: {(done.stdout or done.stderr).strip()[:300]}")
    return folder / f"apicurio-registry-app-{VERSION}-all.tar.gz"
