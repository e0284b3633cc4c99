"""HL7 CDA documents (C-CDA and others): the parsed tree, safely, and the parts of it that have a meaning here.

Source: HL7 CDA R2 (2005), 4.2 (header) and 4.3 (body). Names are compared without their namespace: some senders
forget it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from chartstream.errors import Problem, Rejected

ROOT = "ClinicalDocument"
MAX_DEPTH = 100
"""Elements within elements; real documents have some thirty, entries included."""

# Atomic, so that a file of nothing but comments is passed over once and not in every combination.
_BEGINNING = re.compile(
    r"(?>(?:\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^<>\[]*(?:\[.*?\]\s*)?>)*)<(?:[\w.-]+:)?(\w+)", re.S | re.I
)


def root_name(head: str) -> str | None:
    """The name of the root element, without its prefix, of what begins like XML; None for anything else."""
    if not head.lstrip("\ufeff \t\r\n").startswith("<"):
        return None
    match = _BEGINNING.match(head.lstrip("\ufeff"))
    return match[1] if match else None


def parse(content: bytes) -> Element:
    """The root of a CDA document.

    Raises ``Rejected``: ``document_unreadable`` for a document type, entities or elements nested too deep, and for
    what is no CDA; ``document_truncated`` for XML that is not well-formed.
    """
    parser = DefusedXMLParser(forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(content)
        root: Element = parser.close()
    except DefusedXmlException:
        raise unreadable("it declares a document type or entities", "send it without them") from None
    except (ParseError, ValueError, LookupError):
        # Not chained: the parser's message may quote the document.
        raise Rejected(
            Problem(
                "document_truncated",
                "the CDA document is cut short or damaged: it is not well-formed XML",
                "transfer the document again and compare its size with the original",
            )
        ) from None
    if local(root) != ROOT:
        raise unreadable(f"its root is no {ROOT}", "send the CDA document itself")
    _check_depth(root)
    return root


def unreadable(what: str, remedy: str) -> Rejected:
    """The refusal of a CDA document for a reason of its own."""
    return Rejected(Problem("document_unreadable", f"the CDA document cannot be read: {what}", remedy))


def local(element: Element) -> str:
    """The name of an element without its namespace; empty for comments."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def children(element: Element | None, *names: str) -> Iterator[Element]:
    """The elements that a path of names leads to, in order."""
    if element is None:
        return
    if not names:
        yield element
        return
    for child in element:
        if local(child) == names[0]:
            yield from children(child, *names[1:])


def first(element: Element | None, *names: str) -> Element | None:
    """The first element that a path of names leads to."""
    return next(children(element, *names), None)


def words(element: Element | None) -> str:
    """All text within an element on one line."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def attribute(element: Element | None, name: str) -> str:
    """An attribute's value; empty where it or the element is missing."""
    return element.get(name, "").strip() if element is not None else ""


def person_name(element: Element | None) -> str:
    """A ``name``: prefix, given names, family name, suffix in the order in which they stand, or its bare text."""
    if element is None:
        return ""
    parts = [words(part) for part in element if words(part)]
    return " ".join(parts) or words(element)


def patient(root: Element) -> Element | None:
    """``recordTarget/patientRole``."""
    return first(root, "recordTarget", "patientRole")


def _check_depth(root: Element) -> None:
    level = [root]
    for _ in range(MAX_DEPTH):
        level = [child for element in level for child in element]
        if not level:
            return
    raise unreadable(f"its elements nest more than {MAX_DEPTH} deep", "send it as its system exports it")
