"""Tables in HTML and in the cell tokens of PaddleOCR-VL, rewritten as rows between pipes."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_HTML = re.compile(r"<\s*table\b[^<>]*>.*?<\s*/\s*table\s*>", re.IGNORECASE | re.DOTALL)
_LOOSE = re.compile(r"<\s*/?\s*(?:table|thead|tbody|tfoot|tr|td|th|caption|colgroup|col)\b[^<>]*>", re.IGNORECASE)
_CELL = re.compile(r"<(?:fcel|ecel|lcel|ucel|xcel)>")
_END_OF_ROW = "<nl>"


def pipe_rows(text: str) -> str:
    """The text with every table as lines ``|cell|cell|``; pipes that stand inside a cell are escaped."""
    text = _HTML.sub(lambda table: f"\n{_html_rows(table[0])}\n", text)
    # A table that was cut short has no end: its marks go, its text stays.
    text = _LOOSE.sub(" ", text)
    return "\n".join(_token_rows(line) for line in text.split("\n")) if _CELL.search(text) else text


class _Rows(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.rows: list[list[str]] = []
        self._in_row = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in {"tr", "caption"}:
            self.rows.append([])
            self._in_row = tag == "tr"
        elif tag in {"td", "th"}:
            if not self._in_row:
                self.rows.append([])
                self._in_row = True
            self.rows[-1].append("")
        elif tag == "br":
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"tr", "caption"}:
            self._in_row = False

    def handle_data(self, data: str) -> None:
        if not data.strip() and not (self.rows and self.rows[-1]):
            return
        if not self.rows:
            self.rows.append([])
        if not self.rows[-1]:
            self.rows[-1].append("")
        self.rows[-1][-1] += data

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def unknown_decl(self, data: str) -> None:
        self.handle_data(data)


def _html_rows(table: str) -> str:
    # "<5" would begin a tag to the parser if a letter followed; what is no tag of a table is text.
    parser = _Rows()
    parser.feed(re.sub(r"<(?!\s*/?\s*(?:table|thead|tbody|tfoot|tr|td|th|caption|colgroup|col|br)\b)", "&lt;", table))
    parser.close()
    return "\n".join(_row(cells) for cells in parser.rows if any(cell.strip() for cell in cells))


def _token_rows(line: str) -> str:
    if not _CELL.search(line):
        return line.replace(_END_OF_ROW, "")
    rows = []
    for row in line.split(_END_OF_ROW):
        before, *cells = _CELL.split(row)
        rows += [before] if before.strip() else []
        rows += [_row(cells)] if any(cell.strip() for cell in cells) else []
    return "\n".join(rows)


def _row(cells: list[str]) -> str:
    return "|" + "|".join(" ".join(re.sub(r"(?<!\\)\|", r"\\|", cell).split()) for cell in cells) + "|"
