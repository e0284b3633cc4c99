"""CDA documents at intake: whether they have a narrative, the document that they carry, and what they say of it.

Source: HL7 CDA R2 (2005), 4.2.3 (participants), 4.2.4 (relationships: APND, RPLC), 4.3.1 (bodies).
"""

from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import Element

from chartstream.events.documents import DocumentStatus
from chartstream.events.encounter import Sex
from chartstream.formats.cda import attribute, children, first, local, parse, patient, person_name, unreadable, words
from chartstream.formats.hl7_time import day, moment
from chartstream.intake.envelope import (
    Opened,
    Part,
    Source,
    StatedPatient,
    by_reference,
    decoded,
    most_cautious,
    without_document,
)
from chartstream.intake.findings import Findings
from chartstream.intake.policy import Check

_SIGNATURE = {"S": DocumentStatus.FINAL, "X": DocumentStatus.UNSIGNED, "I": DocumentStatus.UNSIGNED}
_RELATION = {"APND": DocumentStatus.ADDENDUM, "RPLC": DocumentStatus.AMENDED}
_SEX = {"F": Sex.FEMALE, "M": Sex.MALE, "UN": Sex.OTHER}


def open_cda(content: bytes, findings: Findings) -> Opened:
    """The narrative of a structured body is the document's own text; what stands in a ``nonXMLBody`` is a part.

    Raises ``Rejected``: ``document_unreadable``, ``document_truncated``, ``envelope_empty``,
    ``attachment_by_reference``, ``attachment_undecodable``.
    """
    root = parse(content)
    source = _source(root)
    parts = tuple(_part(body, source) for body in children(root, "component", "nonXMLBody", "text"))
    structured = first(root, "component", "structuredBody")
    narrative = [each for each in structured.iter() if local(each) == "text"] if structured is not None else []
    characters = sum(len(words(each)) for each in narrative)
    findings.add(Check.CHARACTERS, characters)
    if not parts and not characters:
        raise without_document("the CDA document")
    return Opened(source, parts, readable=characters > 0)


def _part(body: Element, source: Source) -> Part:
    if first(body, "reference") is not None:
        raise by_reference()
    if body.get("compression"):
        raise unreadable("the document in it is compressed", "send it uncompressed, in Base64")
    text = "".join(body.itertext())
    content = decoded(text) if body.get("representation", "").upper() == "B64" else text.encode()
    return Part(content, body.get("mediaType"), source)


def _source(root: Element) -> Source:
    author = first(root, "author")
    related = [(attribute(each, "typeCode").upper(), each) for each in children(root, "relatedDocument")]
    amended = [each for code, each in related if code in _RELATION]
    version = attribute(first(root, "versionNumber"), "value")
    return Source(
        status=most_cautious([_signature(root), *(_RELATION.get(code, DocumentStatus.UNKNOWN) for code, _ in related)]),
        kind=attribute(first(root, "code"), "code") or None,
        authored_at=moment(attribute(first(author, "time"), "value"))
        or moment(attribute(first(root, "effectiveTime"), "value")),
        author_id=attribute(first(author, "assignedAuthor", "id"), "extension") or None,
        numbers=_numbers(first(root, "id")),
        amends=tuple(number for each in amended for number in _numbers(first(each, "parentDocument", "id"))),
        series=next(iter(_numbers(first(root, "setId"))), None),
        version=int(version) if version.isdecimal() and len(version) < 9 else 0,
        patient=_patient(root),
    )


def _signature(root: Element) -> DocumentStatus:
    """What its legal authenticator, else its other authenticators have done; unknown where there is none."""
    for role in ("legalAuthenticator", "authenticator"):
        codes = [attribute(each, "code").upper() for each in children(root, role, "signatureCode")]
        if codes:
            return most_cautious([_SIGNATURE.get(code, DocumentStatus.UNKNOWN) for code in codes])
    return DocumentStatus.UNKNOWN


def _numbers(identity: Element | None) -> tuple[str, ...]:
    """An id in its full form first, then without its root."""
    root, extension = attribute(identity, "root"), attribute(identity, "extension")
    if root and extension:
        return f"{root}^{extension}", extension
    return tuple(value for value in (extension, root) if value)


def _patient(root: Element) -> StatedPatient | None:
    role = patient(root)
    if role is None:
        return None
    person = first(role, "patient")
    numbers = (attribute(identity, "extension") for identity in children(role, "id"))
    stated = StatedPatient(
        record_numbers=tuple(number for number in numbers if number),
        name=person_name(first(person, "name")),
        birth_date=day(attribute(first(person, "birthTime"), "value")),
    )
    code = attribute(first(person, "administrativeGenderCode"), "code").upper()
    return replace(stated, sex=_SEX.get(code, Sex.UNKNOWN))
