r"""Escape sequences of HL7 v2 texts (Chapter 2, 2.7), ``\.br\`` and the like.

The ``hl7`` package is not used for it: it drops ``\.br\`` between words, takes the repeat count of ``\.sp9…9\`` as it
comes, and writes fields that it cannot decode, which are a patient's, to the log.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SEQUENCE_LENGTH = 80
_MOST_SPACES, _MOST_LINES = 20, 3
_COMMAND = re.compile(r"\.(br|sp|sk|in|ti|fi|nf|ce)([+-]?\d{0,9})\Z")
_HEX = re.compile(r"X((?:[0-9A-Fa-f]{2})+)\Z")
_CHARACTER_SET = re.compile(r"[CM](?:[0-9A-Fa-f]{2}){2,3}\Z")


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The characters of MSH-1 and MSH-2. A message that names none for a part has an empty one there."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"


def unescape(text: str, delimiters: Delimiters) -> str:
    """The text that was meant, its line breaks as newlines.

    Highlighting is dropped. What is no known sequence stays as it stands: senders who forget to escape a backslash
    lose nothing. Characters of another character set become U+FFFD.
    """
    mark = delimiters.escape
    if not mark or mark not in text:
        return text
    # One pass from the left, so that an escaped escape character ("\E\") never begins another sequence.
    quoted = re.escape(mark)
    sequence = re.compile(rf"{quoted}([^{quoted}\n]{{1,{_SEQUENCE_LENGTH}}}){quoted}")
    return sequence.sub(lambda match: _meaning(match, delimiters), text)


def _meaning(match: re.Match[str], delimiters: Delimiters) -> str:
    name = match[1]
    simple = {
        "F": delimiters.field,
        "S": delimiters.component,
        "R": delimiters.repetition,
        "E": delimiters.escape,
        "T": delimiters.subcomponent,
        "H": "",
        "N": "",
    }
    if name in simple:
        return simple[name]
    command = _COMMAND.match(name)
    if command is not None:
        return _layout(command[1], command[2])
    coded = _HEX.match(name)
    if coded is not None:
        return _characters(bytes.fromhex(coded[1]))
    return "\ufffd" if _CHARACTER_SET.match(name) else match[0]


def _layout(command: str, count: str) -> str:
    repeats = int(count) if count.isdigit() else 1
    if command in {"br", "ce"}:
        return "\n"
    if command == "sp":
        return "\n" * min(max(repeats, 1), _MOST_LINES)
    return " " * min(repeats, _MOST_SPACES) if command in {"sk", "in", "ti"} else ""


def _characters(content: bytes) -> str:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")
