"""No interleaving of reading, finishing, committing and dying loses a record or does one twice."""

from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chartstream.errors import ConfigurationError
from chartstream.stream.progress import MOST_UNFINISHED, Progress

LARGEST_METADATA = 4096
READ_AT_ONCE = 500


class Partition(RuleBasedStateMachine):
    """A log with gaps, read in order from the committed offset; transactions commit what is finished, or are lost."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[int] = []
        self.end = 0
        self.committed: tuple[int, str] = (0, "")
        self.done: set[int] = set()  # whose outcome is committed
        self._take_over()

    def _take_over(self) -> None:
        self.progress = Progress(*self.committed)
        self.position = self.committed[0]
        self.working: set[int] = set()

    @rule(gap=st.integers(0, 3))
    def append(self, gap: int) -> None:
        self.log.append(self.end + gap)
        self.end += gap + 1

    @rule()
    def append_marker(self) -> None:
        self.end += 1

    @rule(count=st.integers(1, 5))
    def read(self, count: int) -> None:
        for offset in [offset for offset in self.log if offset >= self.position][:count]:
            begun = self.progress.begin(offset)
            assert begun == (offset not in self.done), "done twice or lost"
            if begun:
                self.working.add(offset)
            self.position = offset + 1

    @precondition(lambda self: all(offset < self.position for offset in self.log))
    @rule()
    def reach_the_end(self) -> None:
        self.position = self.end
        self.progress.reach(self.end)

    @precondition(lambda self: self.working)
    @rule(data=st.data(), lost=st.booleans())
    def commit(self, data: st.DataObject, lost: bool) -> None:
        finished = data.draw(st.sets(st.sampled_from(sorted(self.working)), min_size=1))
        for offset in finished:
            self.progress.finish(offset)
        if lost:
            self._take_over()
        else:
            self.committed = self.progress.checkpoint()
            self.done |= finished
            self.working -= finished

    @rule()
    def die(self) -> None:
        self._take_over()

    @precondition(lambda self: self.log)
    @rule(data=st.data())
    def retain(self, data: st.DataObject) -> None:
        """The broker deletes the oldest records, which is no loss of ours."""
        first = data.draw(st.sampled_from(self.log))
        self.log = [offset for offset in self.log if offset >= first]
        self.position = max(self.position, first)

    @invariant()
    def nothing_unfinished_lies_below_the_committed_offset(self) -> None:
        assert all(offset in self.done for offset in self.log if offset < self.committed[0])


TestPartition = Partition.TestCase
TestPartition.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


def test_a_finished_partition_commits_the_point_reached_without_metadata() -> None:
    progress = Progress(7)
    assert progress.begin(7)
    progress.finish(7)
    progress.reach(9)  # a marker at 8

    assert progress.checkpoint() == (9, "")


def test_markers_skipped_at_the_end_do_not_hide_what_is_unfinished() -> None:
    progress = Progress(0)
    progress.begin(0)
    progress.reach(5)

    assert progress.checkpoint()[0] == 0


@given(st.lists(st.integers(1, 40_000), min_size=1, max_size=MOST_UNFINISHED + READ_AT_ONCE - 1))
@settings(max_examples=50, deadline=None)
def test_metadata_brings_back_what_was_unfinished_and_nothing_else(distances: list[int]) -> None:
    progress, unfinished = Progress(0), list(accumulate(distances))
    for offset in unfinished:
        progress.begin(offset)
    progress.reach(unfinished[-1] + 10)

    restored = Progress(*progress.checkpoint())

    neighbours = {offset + 1 for offset in unfinished} - set(unfinished)
    assert [offset for offset in sorted({*unfinished, *neighbours}) if restored.begin(offset)] == unfinished


@pytest.mark.parametrize("distance", [1, 2, 40, 1_500, 40_000])
def test_metadata_fits_at_the_most_records_that_the_loop_can_hold(distance: int) -> None:
    progress = Progress(0)
    for number in range(MOST_UNFINISHED - 1 + READ_AT_ONCE):
        progress.begin(10**12 + number * distance)

    assert len(progress.checkpoint()[1].encode()) <= LARGEST_METADATA


def test_metadata_fits_where_distances_are_spread_in_the_worst_way() -> None:
    """The costliest numbers for their size are the powers of the base."""
    progress, offset = Progress(0), 0
    for number in range(MOST_UNFINISHED - 1 + READ_AT_ONCE):
        progress.begin(offset)
        offset += 32**3 if number < 990 else 32**4  # 43 million offsets in all

    assert len(progress.checkpoint()[1].encode()) <= LARGEST_METADATA


@pytest.mark.parametrize("metadata", ["consumer-a", "2:A", "1:", "1:abc", "1:A B"])
def test_metadata_of_another_making_is_refused(metadata: str) -> None:
    with pytest.raises(ConfigurationError, match="another program's making"):
        Progress(5, metadata)
