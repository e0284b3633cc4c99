"""All that is known of an encounter, and what of it should be there and is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chartstream.audit.found import Found, in_order
from chartstream.audit.material import Kept, Quoted, kept, quoted
from chartstream.audit.topics import Stretch
from chartstream.errors import ConfigurationError
from chartstream.ports import DocumentStore


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that goes into a bundle. ``stretches``: what was read of the topics; none where files were read."""

    encounter_id: str
    found: Sequence[Found]
    stretches: Sequence[Stretch]
    things: Sequence[Kept]
    quotes: Sequence[Quoted]

    def gaps(self) -> tuple[str, ...]:
        """What should be there and is not, a line each, without a word of the notes."""
        return (
            *(f"{each.what} {each.check.sha256[:12]}: {each.problem}" for each in self.things if each.problem),
            *(f"quote for {each.code}: {each.problem}" for each in self.quotes if each.problem),
            *(f"{each.topic}, offset {each.offset}: {each.unreadable}" for each in self.found if each.unreadable),
        )


def gather(encounter_id: str, found: Sequence[Found], stretches: Sequence[Stretch], store: DocumentStore) -> Gathered:
    """The events in order, with the documents and quotes that they name.

    Raises ``ConfigurationError`` where nothing was found, ``Transient`` where the store is out of reach.
    """
    if not found:
        raise ConfigurationError(
            f"nothing is known of encounter {encounter_id}; check the id, the topics' prefix and their retention"
        )
    ordered = in_order(found)
    things = kept(ordered, store)
    return Gathered(encounter_id, ordered, stretches, things, quoted(ordered, things))
