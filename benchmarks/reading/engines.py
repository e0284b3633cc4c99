"""The engines that are compared, each in a process of its own: how its environment is made and how it is asked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.reading.debian import NotToBeHad, cache_root, unpacked

_HERE = Path(__file__).parent
_PEERS = _HERE / "peers"
_ROOT = _HERE.parents[1]


@dataclass(frozen=True, slots=True)
class Command:
    """What starts an engine's worker."""

    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


def _ours() -> Command:
    return Command([sys.executable, "-m", "benchmarks.reading.ours"], {"PYTHONPATH": str(_ROOT)})


def _paddleocr() -> Command:
    return Command([sys.executable, str(_PEERS / "paddleocr_worker.py")])


def _rapidocr() -> Command:
    python = environment("rapidocr", _PEERS / "requirements-rapidocr.txt")
    return Command([str(python), str(_PEERS / "rapidocr_worker.py")])


def _tesseract() -> Command:
    worker = [sys.executable, str(_PEERS / "tesseract_worker.py")]
    installed = shutil.which("tesseract")
    if installed:
        return Command([*worker, installed])
    tree = unpacked("tesseract", ["tesseract-ocr", "tesseract-ocr-eng", "tesseract-ocr-osd"], dependencies=True)
    libraries = sorted({str(path.parent) for path in (tree / "usr" / "lib").rglob("*.so*")})
    data = next(tree.rglob("tessdata"))
    places = {"LD_LIBRARY_PATH": os.pathsep.join(libraries), "TESSDATA_PREFIX": str(data)}
    return Command([*worker, str(tree / "usr" / "bin" / "tesseract")], places)


ENGINES: dict[str, Callable[[], Command]] = {
    "ours": _ours,
    "paddleocr": _paddleocr,
    "rapidocr": _rapidocr,
    "tesseract": _tesseract,
}
"""Each makes the environment that the engine needs, when it is not there yet. Raises ``NotToBeHad``."""


class Worker:
    """A running engine. Raises ``NotToBeHad`` when it does not start, with the end of what it had to say."""

    def __init__(self, command: Command, log: Path) -> None:
        self._log = log
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                command.arguments,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env={**os.environ, **command.environment},
            )
        self.version = str(self._answer()["version"])

    def read(self, path: Path) -> dict[str, Any]:
        """What the engine found on a page; see peers/protocol.py."""
        assert self._process.stdin is not None
        print(json.dumps({"path": str(path)}), file=self._process.stdin, flush=True)
        return self._answer()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            said = self._log.read_text(errors="replace").strip().splitlines()[-3:]
            raise NotToBeHad(f"the engine ended: {' / '.join(said)}")
        answer: dict[str, Any] = json.loads(line)
        return answer


def environment(name: str, requirements: Path) -> Path:
    """The Python of a virtual environment with exactly these packages, made once."""
    folder = cache_root() / f"venv-{name}"
    python = folder / "bin" / "python"
    if (folder / "complete").exists():
        return python
    commands: list[Sequence[str]] = [
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(requirements)],
    ]
    for command in commands:
        ended = subprocess.run(command, check=False, capture_output=True, text=True)
        if ended.returncode:
            last = (ended.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise NotToBeHad(f"no environment for {name} ({last}): check that pip reaches a package index")
    (folder / "complete").touch()
    return python
