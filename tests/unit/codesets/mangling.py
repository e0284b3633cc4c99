"""Ways in which a published file comes out wrong: cut short, damaged, mixed up, saved in another encoding."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hypothesis import strategies as st

from chartstream.codesets.importing.model import Edition, Imported, Importer
from chartstream.errors import ConfigurationError

Mangling = Callable[[bytes], bytes]
_FRACTIONS = st.floats(0, 1)


def _cut(at: float) -> Mangling:
    return lambda data: data[: int(at * len(data))]


def _without(start: float, length: int) -> Mangling:
    return lambda data: data[: int(start * len(data))] + data[int(start * len(data)) + length :]


def _with(at: float, what: bytes) -> Mangling:
    return lambda data: data[: int(at * len(data))] + what + data[int(at * len(data)) :]


def _lines_swapped(first: float, second: float) -> Mangling:
    def swap(data: bytes) -> bytes:
        lines = data.split(b"\n")
        one, other = int(first * (len(lines) - 1)), int(second * (len(lines) - 1))
        lines[one], lines[other] = lines[other], lines[one]
        return b"\n".join(lines)

    return swap


def _line_twice(at: float) -> Mangling:
    def double(data: bytes) -> bytes:
        lines = data.split(b"\n")
        place = int(at * (len(lines) - 1))
        return b"\n".join([*lines[: place + 1], *lines[place:]])

    return double


def _recoded(encoding: str) -> Mangling:
    return lambda data: data.decode("latin-1").encode(encoding, errors="replace")


MANGLINGS = st.one_of(
    st.builds(_cut, _FRACTIONS),
    st.builds(_without, _FRACTIONS, st.integers(1, 60)),
    st.builds(_with, _FRACTIONS, st.binary(min_size=1, max_size=20)),
    st.builds(_with, _FRACTIONS, st.sampled_from([b"\t", b"\n", b'"', b",", b"\x00", b"<", b"&x;", b"\xff\xfe", b"Z"])),
    st.builds(_lines_swapped, _FRACTIONS, _FRACTIONS),
    st.builds(_line_twice, _FRACTIONS),
    st.builds(_recoded, st.sampled_from(["utf-16", "utf-16-le", "utf-8-sig", "cp500"])),
    st.just(lambda data: b"<!DOCTYPE html><html><body>Access denied</body></html>"),
    st.just(lambda data: b"PK\x03\x04" + data),
    st.just(lambda data: b""),
)


def reads_or_refuses(importer: Importer, files: list[Path], mangled: Path) -> Imported | None:
    """What is read, or None when ``importer`` refuses in the agreed form. Anything else is raised."""
    assert importer.recognises(mangled, mangled.read_bytes()[: 1 << 16]) in {True, False}
    try:
        return importer.read(files, Edition(), lambda _: None)
    except ConfigurationError as error:
        told = str(error)
    assert any(path.name in told for path in files), "the error names no file"
    assert ";" in told, "the error names no remedy"
    return None
