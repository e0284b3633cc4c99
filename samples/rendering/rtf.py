"""Rich Text Format, as older desktop systems export it."""

from __future__ import annotations

from itertools import groupby

from rendering.note import Kind, NoteLine, lines_of

_HEADER = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\froman Times New Roman;}}\f0\fs22"


def render(text: str) -> bytes:
    """Headings in bold, lists with bullets, tables as rows of cells."""
    body = []
    for kind, lines in groupby(lines_of(text), key=lambda line: line.kind):
        body += [_row(line) if kind is Kind.ROW else _paragraph(line) for line in lines]
    return (_HEADER + "\n" + "\n".join(body) + "\n}").encode("ascii")


def _paragraph(line: NoteLine) -> str:
    content = _escaped(line.text)
    if line.kind in (Kind.LETTERHEAD, Kind.HEADING):
        return rf"\pard{{\b {content}}}\par"
    if line.kind is Kind.ITEM:
        return rf"\pard\li360\fi-180\bullet\tab {content}\par"
    return rf"\pard {content}\par"


def _row(line: NoteLine) -> str:
    cells = line.text.split(" | ")
    edges = "".join(rf"\cellx{2200 * number}" for number in range(1, len(cells) + 1))
    return rf"\trowd{edges}" + "".join(rf"\intbl {_escaped(cell)}\cell" for cell in cells) + r"\row"


def _escaped(content: str) -> str:
    plain = content.replace("\\", r"\\").replace("{", r"\{").replace("}", r"\}")
    return "".join(c if ord(c) < 128 else rf"\u{ord(c)}?" for c in plain)
