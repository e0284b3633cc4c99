"""Files of word processors other than DOCX: RTF and Word 97-2003."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from chartstream.extraction.readtext import ReadText, TextBuilder
from chartstream.extraction.rows import add_rows
from chartstream.formats import rtf, word97
from chartstream.formats.paragraph import Paragraph


def read_rtf(content: bytes) -> ReadText:
    """The text of an RTF file, with lines but without pages; paragraphs all in bold are marked as emphasised.

    Raises ``Rejected`` (``document_truncated``, ``document_unreadable``).
    """
    return _read(rtf.paragraphs(content))


def read_doc(content: bytes) -> ReadText:
    """The text of a DOC file, with lines but without pages and without emphasis.

    Raises ``Rejected`` (``document_truncated``, ``document_unreadable``, ``document_encrypted``).
    """
    return _read(word97.paragraphs(content))


def _read(paragraphs: Iterable[Paragraph]) -> ReadText:
    builder = TextBuilder()
    for in_table, group in groupby(paragraphs, key=lambda paragraph: bool(paragraph.cells)):
        if in_table:
            add_rows([paragraph.cells for paragraph in group], builder)
        else:
            for paragraph in group:
                for line in paragraph.text.split("\n"):
                    builder.add_line(line, emphasised=paragraph.bold and bool(line.strip()))
    return builder.build()
