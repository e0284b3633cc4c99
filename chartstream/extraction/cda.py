"""The text of a CDA document: its header as a style sheet would show it, then the narrative of its sections."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from xml.etree.ElementTree import Element

from chartstream.extraction.packaged import packaged
from chartstream.extraction.readtext import ReadText, TextBuilder
from chartstream.extraction.rows import add_rows
from chartstream.formats.cda import attribute, children, first, local, parse, patient, person_name, words
from chartstream.formats.hl7_time import day

# Elements of the narrative that begin lines of their own; all others are parts of a line.
_BLOCKS = frozenset({"text", "paragraph", "list", "item", "table", "caption", "footnote"})
_BREAKS = _BLOCKS | {"br", "tr", "td", "th"}
_NO_TEXT = frozenset({"renderMultiMedia", "colgroup", "col"})
_BOLD = "Bold"


def read_cda(content: bytes) -> ReadText:
    """The text of a CDA document, with lines but without pages. Titles are marked as emphasised.

    A table's row becomes one line, its cells two spaces apart; a list's item begins with a dash. A section without a
    title gets that of its LOINC code. Structured entries are not read: what counts must stand in the narrative. Raises
    ``Rejected`` (``document_unreadable``, ``document_truncated``).
    """
    root = parse(content)
    builder = TextBuilder()
    title = words(first(root, "title"))
    if title:
        builder.add_line(title, emphasised=True)
    for label, value in _header(root):
        if value:
            builder.add_line(f"{label}: {value}")
    for section in children(root, "component", "structuredBody", "component", "section"):
        _add_section(section, builder)
    return builder.build()


def _header(root: Element) -> Iterator[tuple[str, str]]:
    role = patient(root)
    person = first(role, "patient")
    yield "Patient", person_name(first(person, "name"))
    yield "MRN", attribute(first(role, "id"), "extension")
    yield "Date of birth", _day(first(person, "birthTime"))
    sex = attribute(first(person, "administrativeGenderCode"), "code")
    yield "Sex", sex if sex in {"F", "M"} else ""
    yield from _dates(root)
    yield "Author", person_name(first(root, "author", "assignedAuthor", "assignedPerson", "name"))
    for role_name in ("legalAuthenticator", "authenticator"):
        signer = first(root, role_name)
        if attribute(first(signer, "signatureCode"), "code").upper() == "S":
            yield "Electronically signed by", person_name(first(signer, "assignedEntity", "assignedPerson", "name"))
            return


def _dates(root: Element) -> Iterator[tuple[str, str]]:
    """The encounter's dates; where the header tells of no encounter, the service's, and at last the document's."""
    for path in (("componentOf", "encompassingEncounter"), ("documentationOf", "serviceEvent")):
        time = first(root, *path, "effectiveTime")
        begin, end = _day(first(time, "low")) or _day(time), _day(first(time, "high"))
        if begin and end and end != begin:
            yield "Date of admission", begin
            yield "Date of discharge", end
            return
        if begin:
            yield "Date of service", begin
            return
    yield "Date", _day(first(root, "effectiveTime"))


def _day(time: Element | None) -> str:
    found = day(attribute(time, "value"))
    return found.isoformat() if found is not None else ""


def _add_section(section: Element, builder: TextBuilder) -> None:
    title = words(first(section, "title")) or _titles().get(attribute(first(section, "code"), "code"), "")
    if title:
        builder.add_line(title, emphasised=True)
    for narrative in children(section, "text"):
        _add_block(narrative, builder, "")
    for inner in children(section, "component", "section"):
        _add_section(inner, builder)


class _Line:
    """Gathers the pieces of a line; ``mark`` goes before the first line, as much space before those that follow."""

    def __init__(self, builder: TextBuilder, mark: str) -> None:
        self._builder, self._mark = builder, mark
        self._pieces: list[str] = []
        self._bold = True

    def add(self, text: str | None, *, bold: bool) -> None:
        if text:
            self._pieces.append(text)
            self._bold = self._bold and (bold or not text.strip())

    def end(self) -> None:
        text = " ".join("".join(self._pieces).split())
        if text:
            self._builder.add_line(self._mark + text, emphasised=self._bold and not self._mark)
            self._mark = " " * len(self._mark)
        self._pieces, self._bold = [], True


def _add_block(block: Element, builder: TextBuilder, mark: str) -> None:
    line = _Line(builder, mark)
    line.add(block.text, bold=False)
    for child in block:
        name = local(child)
        if name == "table":
            line.end()
            _add_table(child, builder)
        elif name in _BLOCKS:
            line.end()
            _add_block(child, builder, "- " if name == "item" else "")
        else:
            bold = _BOLD in child.get("styleCode", "")
            for piece in _pieces(child):
                if piece is None:
                    line.end()
                else:
                    line.add(piece, bold=bold)
        line.add(child.tail, bold=False)
    line.end()


def _add_table(table: Element, builder: TextBuilder) -> None:
    """Caption, then rows: those of head, body and foot in the order in which they stand."""
    for caption in children(table, "caption"):
        builder.add_line(_flat(caption))
    rows = [row for part in table for row in ([part] if local(part) == "tr" else children(part, "tr"))]
    add_rows([[_flat(cell) for cell in row] for row in rows], builder)


def _flat(cell: Element) -> str:
    """The text of a cell on one line."""
    return " ".join("".join(" " if piece is None else piece for piece in _pieces(cell)).split())


def _pieces(element: Element) -> Iterator[str | None]:
    """The texts within an element, None for each break. What a revision deleted is left out."""
    name = local(element)
    if not name or name in _NO_TEXT or element.get("revised") == "delete":
        return
    if name in _BREAKS:
        yield None
    yield element.text or ""
    for child in element:
        yield from _pieces(child)
        yield child.tail or ""
    if name in _BREAKS:
        yield None


@cache
def _titles() -> dict[str, str]:
    return packaged("cda_sections.yaml", lambda data: {str(code): str(title) for code, title in data["titles"].items()})
