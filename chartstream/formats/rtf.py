"""Rich Text Format: its paragraphs, with tables as rows, headers first and footers last.

The tables of control words and of character sets are those of striprtf. Its reader gives neither bold type nor
headers and footers, and its expression for links takes quadratic time on hostile files, so the loop is our own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from striprtf.striprtf import charset_map, destinations, specialchars

from chartstream.errors import Problem, Rejected
from chartstream.formats.paragraph import Paragraph

MAX_DEPTH = 200
"""Groups within groups; Word nests some thirty."""

_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,9})? ?|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<sign>[^a-zA-Z])"
    r"|(?P<brace>[{}])|[\r\n]+|(?P<plain>[^\\{}\r\n]+)|\\"
)
_MARGINS = {
    **dict.fromkeys(("header", "headerf", "headerl", "headerr"), "header"),
    **dict.fromkeys(("footer", "footerf", "footerl", "footerr"), "footer"),
}
_READ_ANYWAY = frozenset({*_MARGINS, "footnote", "shptxt"})
_SKIPPED = frozenset(destinations) - _READ_ANYWAY
_READ_IF_STARRED = frozenset({"shptxt"})
_HIDING = frozenset({"v", "deleted", "htmlrtf"})
_TEXTS = {word: text for word, text in specialchars.items() if word.isalpha()} | {"tab": "\t"}
_ENDS = frozenset({"par", "sect", "page", "column", "row", "nestrow"})
_CELLS = frozenset({"cell", "nestcell"})
_CODE_PAGES = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850", "ansi": "cp1252"}
_OPENING = re.compile(rb"\s*\{\\rtf", re.IGNORECASE)


def is_rtf(content: bytes) -> bool:
    """Whether the bytes begin as RTF does."""
    return _OPENING.match(content[:64]) is not None


def paragraphs(content: bytes) -> list[Paragraph]:
    """The paragraphs of an RTF file.

    Hidden and deleted text, pictures, objects, comments and fields' instructions are left out. Raises ``Rejected``:
    ``document_truncated`` when a group has no end, ``document_unreadable`` for groups nested too deep.
    """
    return _Reader(content.decode("latin-1")).read()


@dataclass(frozen=True, slots=True)
class _State:
    """What a group inherits from the group around it."""

    skipped: bool = False
    hidden: bool = False
    bold: bool = False
    font: str = ""
    unicode_skip: int = 1
    part: str = "body"
    label: bool = False
    fonts: bool = False


@dataclass(slots=True)
class _Part:
    """Header, body or footer as it is collected."""

    done: list[Paragraph] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    plain: bool = False

    def add(self, text: str, *, bold: bool) -> None:
        self.text.append(text)
        self.plain = self.plain or (not bold and bool(text.strip()))

    def end_cell(self) -> None:
        self.cells.append(" ".join("".join(self.text).split()))
        self.text = []

    def end(self) -> None:
        whole = _well_formed("".join(self.text))
        cells = tuple(_well_formed(cell) for cell in self.cells)
        if cells:
            cells = (*cells, " ".join(whole.split())) if whole.strip() else cells
            whole = "  ".join(cell for cell in cells if cell)
        self.done.append(Paragraph(whole, bold=bool(whole.strip()) and not self.plain, cells=cells))
        self.text, self.cells, self.plain = [], [], False


class _Reader:
    def __init__(self, source: str) -> None:
        self._source = source
        self._state = _State()
        self._stack: list[_State] = []
        self._parts = {"header": _Part(), "body": _Part(), "footer": _Part()}
        self._code_page = "cp1252"
        self._fonts: dict[str, str] = {}
        self._bytes = bytearray()
        self._fallback = 0
        self._starred = False

    def read(self) -> list[Paragraph]:
        position = 0
        while (token := _TOKEN.match(self._source, position)) is not None:
            position = token.end()
            if not token["hex"]:
                self._flush_bytes()
            if token["brace"] and self._brace(token["brace"]):
                break
            position += self._read_token(token)
        if self._stack:
            raise Rejected(
                Problem(
                    "document_truncated",
                    "the RTF file ends inside a group",
                    "transfer the document again and compare its size with the original",
                )
            )
        for part in self._parts.values():
            if part.text or part.cells:
                part.end()
        return [paragraph for part in self._parts.values() for paragraph in part.done]

    def _read_token(self, token: re.Match[str]) -> int:
        """Take in a token that is no brace. Returns how many characters of raw data come behind it."""
        if token["word"]:
            return self._word(token["word"].lower(), token["number"])
        if token["hex"]:
            self._byte(int(token["hex"], 16))
        elif token["sign"]:
            self._sign(token["sign"])
        elif token["plain"]:
            self._plain(token["plain"])
        return 0

    def _brace(self, brace: str) -> bool:
        """Open or close a group; whether that was the outermost one, behind which nothing counts."""
        self._fallback, self._starred = 0, False
        if brace == "{":
            if len(self._stack) >= MAX_DEPTH:
                raise Rejected(
                    Problem(
                        "document_unreadable",
                        f"the RTF file nests groups more than {MAX_DEPTH} deep",
                        "open and save the document in Word, then submit it again",
                    )
                )
            self._stack.append(self._state)
            return False
        if not self._stack:
            return True
        inner, self._state = self._state, self._stack.pop()
        if inner.part != self._state.part and self._parts[inner.part].text:
            self._parts[inner.part].end()
        return not self._stack

    def _word(self, word: str, number: str | None) -> int:
        """Follow a control word. Returns how many characters of raw data come behind it."""
        self._fallback = 0
        starred, self._starred = self._starred, False
        if word == "bin":
            return max(int(number or 0), 0)
        if word in _SKIPPED or (starred and word not in _READ_IF_STARRED):
            # Definitions of fonts are no text, but say how bytes are meant.
            self._state = replace(self._state, skipped=True, fonts=word == "fonttbl")
        elif word in _MARGINS:
            self._state = replace(self._state, part=_MARGINS[word])
        elif word == "listtext":
            self._state = replace(self._state, label=True)
            self._emit("- ")
        elif word in _CODE_PAGES:
            self._code_page = _CODE_PAGES[word]
        else:
            self._formatting(word, number)
            self._layout(word)
        return 0

    def _formatting(self, word: str, number: str | None) -> None:
        on = number != "0"
        if word == "b":
            self._state = replace(self._state, bold=on)
        elif word == "plain":
            self._state = replace(self._state, bold=False, hidden=False)
        elif word in _HIDING:
            self._state = replace(self._state, hidden=on)
        elif word == "f":
            self._state = replace(self._state, font=number or "")
        elif word == "fcharset" and self._state.fonts:
            self._fonts[self._state.font] = charset_map.get(int(number or 0), "")
        elif word == "uc":
            self._state = replace(self._state, unicode_skip=min(max(int(number or 1), 0), 8))
        elif word == "ansicpg" and number is not None:
            self._code_page = f"cp{number}"
        elif word == "u" and number is not None:
            self._emit(chr(int(number) % 0x10000))
            self._fallback = self._state.unicode_skip

    def _layout(self, word: str) -> None:
        if self._state.skipped or self._state.hidden:
            return
        part = self._parts[self._state.part]
        if word in _CELLS:
            part.end_cell()
        elif word in _ENDS and not (word == "par" and part.cells):
            part.end()
        elif word in _TEXTS and word not in _ENDS:
            self._emit(_TEXTS[word])

    def _sign(self, sign: str) -> None:
        self._fallback = 0
        if sign == "*":
            self._starred = True
        elif sign in "\r\n":
            self._layout("par")
        elif sign in "{}\\":
            self._emit(sign)
        elif sign in "~_":
            self._emit(" " if sign == "~" else "-")

    def _byte(self, value: int) -> None:
        if self._fallback:
            self._fallback -= 1
        elif not (self._state.skipped or self._state.hidden):
            self._bytes.append(value)

    def _plain(self, text: str) -> None:
        skipped = min(self._fallback, len(text))
        self._fallback -= skipped
        if any(ord(character) > 127 for character in text):
            self._bytes += text[skipped:].encode("latin-1")
            self._flush_bytes()
        else:
            self._emit(text[skipped:])

    def _flush_bytes(self) -> None:
        if not self._bytes:
            return
        content, self._bytes = bytes(self._bytes), bytearray()
        encoding = self._fonts.get(self._state.font) or self._code_page
        try:
            self._emit(content.decode(encoding, errors="replace"))
        except LookupError:
            self._emit(content.decode("cp1252", errors="replace"))

    def _emit(self, text: str) -> None:
        """Add text where the state allows it. A list's label is given as a dash before, whatever it shows."""
        state = self._state
        if not (state.skipped or state.hidden or (state.label and text != "- ")):
            self._parts[state.part].add(text, bold=state.bold or state.label)


def _well_formed(text: str) -> str:
    """Surrogates, which RTF writes one by one, joined; lone ones replaced."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
