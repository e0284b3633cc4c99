"""A C-CDA document with a structured body, as certified records export it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from xml.sax.saxutils import escape

from rendering.note import Kind, NoteLine, lines_of

_OPENING = """<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3">
  <realmCode code="US"/>
  <typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
  <templateId root="2.16.840.1.113883.10.20.22.1.9" extension="2015-08-01"/>
  <id root="2.25.301" extension="DOC-44172"/>
  <code code="11506-3" codeSystem="2.16.840.1.113883.6.1" displayName="Progress note"/>
  <title>Progress note</title>
  <effectiveTime value="20260205163100+0000"/>
  <confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/>
  <recordTarget><patientRole><id root="2.25.302" extension="377902"/><patient>
    <name><given>Tamsin</given><family>Okoro</family></name>
    <administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="19910714"/>
  </patient></patientRole></recordTarget>
  <author><time value="20260205163100+0000"/><assignedAuthor><id root="2.25.303" extension="prv-delacroix"/>
    <assignedPerson><name><given>Rufus</given><family>Delacroix</family></name></assignedPerson>
  </assignedAuthor></author>
  <custodian><assignedCustodian><representedCustodianOrganization><id root="2.25.304"/>
    <name>Valley Kidney Clinic</name></representedCustodianOrganization></assignedCustodian></custodian>
  <legalAuthenticator><time value="20260205163100+0000"/><signatureCode code="S"/>
    <assignedEntity><id root="2.25.303" extension="prv-delacroix"/></assignedEntity></legalAuthenticator>
  <component><structuredBody>
"""
_CLOSING = "  </structuredBody></component>\n</ClinicalDocument>\n"


def document(text: str) -> bytes:
    """One section for each heading, the lines before the first in a section of their own; signed by its author."""
    sections: list[tuple[str, list[NoteLine]]] = [("Encounter", [])]
    for line in lines_of(text):
        if line.kind is Kind.HEADING:
            sections.append((line.text.title(), []))
        else:
            sections[-1][1].append(line)
    body = "".join(_section(title, lines) for title, lines in sections)
    return (_OPENING + body + _CLOSING).encode("utf-8")


def _section(title: str, lines: list[NoteLine]) -> str:
    blocks = "".join(_blocks(lines))
    return f"    <component><section><title>{escape(title)}</title><text>\n{blocks}    </text></section></component>\n"


def _blocks(lines: list[NoteLine]) -> Iterator[str]:
    for kind, group in groupby(lines, key=lambda line: line.kind):
        texts = [line.text for line in group]
        if kind is Kind.ITEM:
            yield "      <list>" + "".join(f"<item>{escape(text)}</item>" for text in texts) + "</list>\n"
        elif kind is Kind.ROW:
            yield "      <table><tbody>" + "".join(map(_row, texts)) + "</tbody></table>\n"
        elif kind is not Kind.EMPTY:
            yield from (f"      <paragraph>{escape(text)}</paragraph>\n" for text in texts)


def _row(text: str) -> str:
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in text.split(" | ")) + "</tr>"
