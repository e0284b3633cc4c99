"""Markdown to lines: marks go, and nothing that stands on the page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartstream.extraction.engines.markdown import MarkupLine, lines_of

PLAIN = st.text(st.characters(exclude_characters="<&\\$[]!`", exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=60)
WORDS = st.lists(st.from_regex(r"[A-Za-z0-9]{1,8}[.,:%/]?", fullmatch=True), min_size=1, max_size=6).map(" ".join)
KINDS = ("heading", "bold", "item", "numbered", "pipes", "html", "tokens", "plain", "emphasis")


def texts(markdown: str) -> list[str]:
    return [line.text for line in lines_of(markdown)]


def letters(text: str) -> list[str]:
    return [c for c in text if c.isalnum()]


@given(st.lists(PLAIN, max_size=8).map("\n".join))
def test_no_letter_or_digit_is_lost_or_moved(markdown: str) -> None:
    assert letters("".join(texts(markdown))) == letters(markdown)


@st.composite
def blocks(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A block of Markdown and the lines that stand in it."""
    words = draw(WORDS)
    rows = draw(st.lists(st.lists(WORDS, min_size=2, max_size=2), min_size=1, max_size=3))
    shown = [" | ".join(row) for row in rows]
    kind = draw(st.sampled_from(KINDS))
    return {
        "heading": (f"{'#' * draw(st.integers(1, 6))} {words}", [words]),
        "bold": (f"**{words}**", [words]),
        "item": (f"* {words}", [f"- {words}"]),
        "numbered": (f"3. {words}", [f"3. {words}"]),
        "pipes": ("\n".join(f"| {' | '.join(row)} |" for row in [*rows[:1], ["---", ":-:"], *rows[1:]]), shown),
        "html": (
            "<table>"
            + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
            + "</table>",
            shown,
        ),
        "tokens": ("".join("".join(f"<fcel>{cell}" for cell in row) + "<nl>" for row in rows), shown),
        "plain": (words, [words]),
        "emphasis": (f"so *{words}* it __{words}__ is", [f"so {words} it {words} is"]),
    }[kind]


@given(st.lists(blocks(), max_size=6))
def test_blocks_come_back_as_the_lines_they_were_made_of(made: list[tuple[str, list[str]]]) -> None:
    assert texts("\n\n".join(markdown for markdown, _ in made)) == [line for _, lines in made for line in lines]


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("Troponin <5 ng/L, BP > 120/80", "Troponin <5 ng/L, BP > 120/80"),
        ("> 30 pack-years", "> 30 pack-years"),
        ("2*3*4 mg", "2*3*4 mg"),
        ("snake_case_word", "snake_case_word"),
        (r"3\. not a list \*", "3. not a list *"),
        ("A &amp; B &lt;5 &copy", "A & B <5 &copy"),
        (r"$37.2^{\circ}$C, $\geq 5$ mg, \(\leq 3\)", "37.2°C, ≥ 5 mg, ≤ 3"),
        ("costs $5 and $10", "costs $5 and $10"),
        ("![seal of the clinic](seal.png)", "seal of the clinic"),
        ("CO<sub>2</sub> 24", "CO2 24"),
        ("<table><tr><td>Na<br>low</td><td>131</td></tr></table>", "Na low | 131"),
        ("<table><tr><td>CRP</td><td><5 mg/L</td></tr></table>", "CRP | <5 mg/L"),
        ("<table><tr><td>cut short</td><td>131", "cut short 131"),
        ("<fcel>Potassium<ecel><fcel>4.1<nl>", "Potassium |  | 4.1"),
        (r"| a \| b | c |", "a | b | c"),
    ],
)
def test_what_only_looks_like_a_mark_stays(markdown: str, text: str) -> None:
    assert texts(markdown) == [text]


def test_headings_and_lines_set_in_bold_are_bold() -> None:
    assert lines_of("## PLAN ##\n**Assessment:**\n**Note** follows\n- item\n---\n```markdown\nx\n```") == (
        MarkupLine("PLAN", bold=True),
        MarkupLine("Assessment:", bold=True),
        MarkupLine("Note follows"),
        MarkupLine("- item"),
        MarkupLine("x"),
    )
