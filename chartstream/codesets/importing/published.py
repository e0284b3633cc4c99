"""Files as authorities publish them: their bytes, text and XML, and what is said of those that are something else.

Every complaint has one form: the file and the line, what is wrong, what to do.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from chartstream.errors import ConfigurationError

AGAIN: Final = "take it from the official download again"
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_HTML: Final = re.compile(r"\s*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_ZIP: Final = b"PK\x03\x04"


def refused(path: Path, reason: str, remedy: str = AGAIN, line: int | None = None) -> ConfigurationError:
    """What to raise of a file: its name, the line (from 1) where one is at fault, the reason, the remedy."""
    where = path.name if line is None else f"{path.name}, line {line}"
    return ConfigurationError(f"{where}: {reason}; {remedy}")


def decoded(data: bytes) -> str:
    """The text of ``data`` in the encoding it is found in: UTF-8 or UTF-16 by its mark, UTF-16 by its zero bytes,
    UTF-8, else Windows-1252. Raises ``UnicodeDecodeError`` for what is none of them.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding)
    if len(data) > 1 and 0 in data[:2]:
        return data.decode("utf-16-be" if data[0] == 0 else "utf-16-le")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def only_file(files: Sequence[Path], title: str) -> Path:
    """The one file of a release that is one file. Raises ``ConfigurationError`` for any other number."""
    if len(files) != 1:
        raise ConfigurationError(
            f"{', '.join(path.name for path in files) or 'no file'}: the {title} is one file; "
            "import each edition by itself"
        )
    return files[0]


def head_text(head: bytes) -> str:
    """As much of a file's beginning as can be read; a character cut in two at the end does no harm."""
    marked = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)
    if marked is None and len(head) > 1 and 0 in head[:2]:
        marked = "utf-16-be" if head[0] == 0 else "utf-16-le"
    return head.decode(marked or "utf-8", errors="ignore")


def text_of(path: Path) -> str:
    """The text of a file. Raises ``ConfigurationError`` for one that is empty, an archive, a web page or no text."""
    data = _bytes_of(path)
    try:
        text = decoded(data)
    except UnicodeDecodeError as error:
        raise refused(path, "is no text in UTF-8, UTF-16 or Windows-1252") from error
    if "\0" in text:
        raise refused(path, "is no text: it holds zero bytes", line=text[: text.index("\0")].count("\n") + 1)
    if _HTML.match(text):
        raise refused(path, "is a web page, perhaps the error page of a download", line=1)
    return text


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a text file that hold anything, each with its number from 1, without their ends."""
    found = False
    # str.splitlines would also cut at form feeds and the like, which stand inside lines of some lists.
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text_of(path)), start=1):
        if line.strip():
            found = True
            yield number, line
    if not found:
        raise refused(path, "is empty")


def root_of(path: Path) -> Element:
    """The root of an XML file. Raises ``ConfigurationError`` for what is none or is not well-formed."""
    data = _bytes_of(path)
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except ParseError as error:
        if _HTML.match(head_text(data[:1024])):
            raise refused(path, "is a web page, perhaps the error page of a download", line=1) from error
        raise refused(path, "is no well-formed XML (cut short?)", line=error.position[0]) from error
    except (DefusedXmlException, LookupError, ValueError) as error:
        reason = "is no XML that can be read safely: it has a document type, entities or an unknown encoding"
        raise refused(path, reason) from error
    return root


def _bytes_of(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise refused(path, f"cannot be read ({error.strerror})", "check that it exists and may be read") from error
    if not data.strip():
        raise refused(path, "is empty")
    if data.startswith(_ZIP):
        raise refused(path, "is a zip archive or a workbook of Excel", "give the text or XML file inside it")
    return data
