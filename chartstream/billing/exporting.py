"""From claims to files: plan, prepare, write, and say of every claim what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chartstream.billing.bill import Bill, Task, prepare
from chartstream.billing.fees import FeeTable
from chartstream.billing.fhir_claim import fhir_claim
from chartstream.billing.gaps import Gap, Report
from chartstream.billing.ledger import Sent
from chartstream.billing.planning import History, Skipped, plan
from chartstream.billing.quoting import Quoted
from chartstream.billing.site import Site
from chartstream.billing.spreadsheet import table
from chartstream.billing.x12.institutional import institutional_claim
from chartstream.billing.x12.interchange import INSTITUTIONAL, MOST_CLAIMS, PROFESSIONAL, ClaimLoops, interchange
from chartstream.billing.x12.parties import parties
from chartstream.billing.x12.professional import professional_claim
from chartstream.errors import ConfigurationError, Rejected
from chartstream.events.claims import ClaimCoded
from chartstream.events.encounter import ClaimType
from chartstream.ports import DocumentStore


class Format(StrEnum):
    """What a claim is exported as."""

    X12_837P = "x12-837p"
    X12_837I = "x12-837i"
    FHIR = "fhir-claim"
    CSV = "csv"


_X12 = {Format.X12_837P: PROFESSIONAL, Format.X12_837I: INSTITUTIONAL}
_SUFFIX = {Format.X12_837P: "x12", Format.X12_837I: "x12", Format.FHIR: "ndjson", Format.CSV: "csv"}

Quotes = Callable[[ClaimCoded], Sequence[Quoted]]


@dataclass(frozen=True, slots=True)
class Written:
    """A claim that stands in a file; ``notes`` say what was changed or left off in writing it."""

    task: Task
    control_number: str
    notes: tuple[str, ...]

    @property
    def sent(self) -> Sent:
        """The claim as a ledger keeps it."""
        return Sent(self.task.revision, self.task.content, self.task.frequency, self.control_number)


@dataclass(frozen=True, slots=True)
class Held:
    """A claim that cannot be written until its gaps are filled."""

    claim: ClaimCoded
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class File:
    """A file to be written. ``control`` is its interchange control number; one of other formats counts as well."""

    control: int
    name: str
    content: str
    claims: tuple[Written, ...]


@dataclass(frozen=True, slots=True)
class Export:
    """What became of every claim that was given."""

    files: tuple[File, ...]
    held: tuple[Held, ...]
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class Exporter:
    """Exports in one format. ``quotes`` gives the words behind a claim's codes, where they are wanted; ``check`` the
    faults of an 837, and a claim with any is held.

    An 837 needs the site file and has no place for quotes: ``ConfigurationError`` says so.
    """

    form: Format
    fees: FeeTable
    site: Site | None = None
    documents: DocumentStore | None = None
    quotes: Quotes | None = None
    check: Callable[[str], list[str]] | None = None

    def __post_init__(self) -> None:
        if self.form in _X12 and self.site is None:
            raise ConfigurationError(f"{self.form} needs the site file; see samples/billing/site.yaml")
        if self.form in _X12 and self.quotes is not None:
            raise ConfigurationError(f"{self.form} has no place for quotes; leave --quotes out, or export csv")

    def export(self, claims: Iterable[ClaimCoded], history: History, first_control: int, made_at: datetime) -> Export:
        """The files of all ``claims``, numbered from ``first_control``. Nothing is written or recorded here.

        Raises ``Transient`` where the document store is out of reach.
        """
        tasks, skipped = plan(claims, self.form, history)
        ready: list[_Ready] = []
        held: list[Held] = []
        for task in tasks:
            if not self._is_ours(task):
                skipped.append(Skipped(task.revision, f"{self.form} is not for claims of its type"))
                continue
            report = Report()
            prepared = self._prepared(task, report)
            if prepared is not None:
                ready.append(prepared)
            else:
                held.append(Held(task.revision, tuple(report.gaps)))
        ready, refused = self._checked(ready, first_control, made_at)
        held += refused
        chunks = [ready[start : start + MOST_CLAIMS] for start in range(0, len(ready), MOST_CLAIMS)]
        files = tuple(self._file(first_control + n, chunk, made_at) for n, chunk in enumerate(chunks))
        return Export(files, tuple(held), tuple(skipped))

    def _checked(self, ready: list[_Ready], control: int, made_at: datetime) -> tuple[list[_Ready], list[Held]]:
        """The claims that pass the check. Only where they do not all together each is checked by itself."""
        if self.check is None or self.form not in _X12 or not ready:
            return ready, []
        if not self.check(self._file(control, ready[:MOST_CLAIMS], made_at).content) and len(ready) <= MOST_CLAIMS:
            return ready, []
        passed: list[_Ready] = []
        held: list[Held] = []
        for each in ready:
            found = self.check(self._file(control, [each], made_at).content)
            gaps = (Gap("x12", "837", fault, "correct it at its source, or report it") for fault in found)
            if found:
                held.append(Held(each.bill.task.revision, tuple(gaps)))
            else:
                passed.append(each)
        return passed, held

    def _is_ours(self, task: Task) -> bool:
        if self.form not in _X12 or task.content.encounter is None:
            return True
        professional = task.content.encounter.claim_type is ClaimType.PROFESSIONAL
        return professional == (self.form is Format.X12_837P)

    def _prepared(self, task: Task, report: Report) -> _Ready | None:
        """The claim as it goes into a file; None where the report's gaps keep it back."""
        bill = prepare(task, self.fees, self.documents, report)
        if bill is None:
            return None
        if self.site is not None and self.form in _X12:
            build = professional_claim if self.form is Format.X12_837P else institutional_claim
            loops = ClaimLoops(parties(bill, self.site, report), build(bill, self.site, report))
            return None if report.gaps else _Ready(bill, report, loops=loops)
        for gap in report.gaps:
            report.note(f"{gap.field}: {gap.reason}")
        report.gaps.clear()
        quotes = self._quoted(bill, report)
        try:
            resource = fhir_claim(bill, report, quotes) if self.form is Format.FHIR else ""
        except ValueError as error:
            report.gap("claim", "Claim", str(error), "correct the encounter at its source")
            return None
        return _Ready(bill, report, quotes=quotes, resource=resource)

    def _quoted(self, bill: Bill, report: Report) -> Sequence[Quoted]:
        try:
            return self.quotes(bill.task.content) if self.quotes is not None else ()
        except Rejected as error:
            report.note(f"quotes: {error.problems[0].message}")
            return ()

    def _file(self, control: int, chunk: Sequence[_Ready], made_at: datetime) -> File:
        if self.site is not None and self.form in _X12:
            loops = [each.loops for each in chunk if each.loops is not None]
            content = interchange(loops, _X12[self.form], self.site, control, made_at)
        elif self.form is Format.FHIR:
            content = "".join(f"{each.resource}\n" for each in chunk)
        else:
            content = table((each.bill, each.quotes) for each in chunk)
        name = f"{self.form}-{control:09}.{_SUFFIX[self.form]}"
        written = (Written(each.bill.task, each.bill.control_number, tuple(each.report.notes)) for each in chunk)
        return File(control, name, content, tuple(written))


@dataclass(frozen=True, slots=True)
class _Ready:
    """A claim that goes into a file, as its format needs it."""

    bill: Bill
    report: Report
    loops: ClaimLoops | None = None
    quotes: Sequence[Quoted] = ()
    resource: str = ""
