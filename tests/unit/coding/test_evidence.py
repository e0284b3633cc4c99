"""Properties that hold for any text: evidence is where it says, codes are billable, words are in order."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from chartstream.coding import CodingEngine, Context, Document, Profile, Section, Setting
from chartstream.coding.vocabulary.tokens import Vocabulary
from tests.unit.coding.notes import DAY

ENGINE = CodingEngine.load()
VOCABULARY = Vocabulary.read().tolerant({"hypertension", "asthma", "fracture", "radius"})

# What breaks offsets: astral and combining characters, line ends of two characters, tabs, hard and thin spaces, marks
# of direction, letters whose lower case is longer than they are.
STRANGE = [
    "\U0001d6fc",
    "e\u0301",
    "\r\n",
    "\t",
    "\u00a0",
    "\u2009",
    "\u200f",
    "\u0130",
    "\ufb01",
    "\U0001f642",
    "\u00df",
]
MARKS = ["1. ", "\n2. ", "- ", "\n", ". ", ", ", "; ", ": ", "(", ")", "/", " and ", " with ", " or ", "#"]
WORDS = [
    "no ",
    "possible ",
    "history of ",
    "left ",
    "L ",
    "both ",
    "acute ",
    "on ",
    "mother had ",
    "return if ",
    "fell ",
]
TERMS = [
    *("T2DM", "HTN", "CKD stage 3b", "knee pain", "PE", "RA", "SI joint", "distal radius fx", "asthma exacerbation"),
    *(
        "Hypertention",
        "pnuemonia",
        "\u0152dema",
        "gastro-oesophageal reflux",
        "non-ST elevation MI",
        "30 weeks pregnant",
    ),
    *("COPD", "smoker", "BMI 41", "metformin", "insulin", "burn of the hand", "major depression", "HER2+", "dog bite"),
]
KINDS = st.sampled_from(
    [
        "assessment_and_plan",
        "assessment",
        "plan",
        "discharge_diagnoses",
        "chief_complaint",
        "history_of_present_illness",
    ]
)
NOTES = st.lists(st.sampled_from([*STRANGE, *MARKS, *WORDS, *TERMS]) | st.characters(), max_size=30).map("".join)
CONTEXTS = st.builds(
    Context, st.sampled_from(Setting), st.just(DAY), st.none() | st.integers(0, 99), profile=st.sampled_from(Profile)
)


@settings(max_examples=150, deadline=None)
@given(texts=st.dictionaries(KINDS, NOTES, max_size=3), context=CONTEXTS)
def test_every_code_is_billable_and_quotes_words_of_the_text(texts: dict[str, str], context: Context) -> None:
    text, sections = "", []
    for kind, content in texts.items():
        sections.append(Section(kind, len(text), len(text) + len(content)))
        text += content + "\r\n"
    coded = ENGINE.code_note([Document("d", text, tuple(sections))], context)
    for code in coded.codes:
        assert ENGINE.codes.is_billable(code.code)
        assert code.evidence
        assert 0 < code.confidence < 1
    proposed = [quote for code in coded.codes for quote in code.evidence]
    rejected = [quote for code in coded.rejected for quote in code.evidence]
    asked = [quote for query in coded.queries for quote in query.evidence]
    for quote in (*proposed, *rejected, *asked):
        assert quote.document_id == "d"
        assert 0 <= quote.begin < quote.end <= len(text)
        words = text[quote.begin : quote.end]
        assert words == words.strip()
        assert any(character.isalnum() for character in words)


@settings(max_examples=300, deadline=None)
@given(text=NOTES, begin=st.integers(0, 40), length=st.integers(0, 80))
def test_words_lie_in_the_stretch_and_in_order(text: str, begin: int, length: int) -> None:
    begin = min(begin, len(text))
    end = min(begin + length, len(text))
    tokens = VOCABULARY.tokens(text, begin, end)
    for token in tokens:
        assert begin <= token.begin < token.end <= end
        assert token.form
        assert token.edits >= 0
    for one, other in pairwise(tokens):
        same_place = (one.begin, one.end) == (other.begin, other.end)
        assert same_place or one.end <= other.begin


@settings(max_examples=300, deadline=None)
@given(text=NOTES)
def test_words_are_the_same_wherever_they_stand(text: str) -> None:
    tokens = VOCABULARY.tokens(text)
    shifted = VOCABULARY.tokens("\U0001d6fc\n" * 3 + text, 6)
    assert [(t.form, t.begin, t.end) for t in tokens] == [(t.form, t.begin - 6, t.end - 6) for t in shifted]


@settings(max_examples=40, deadline=None)
@given(
    problems=st.lists(
        st.sampled_from(["HTN", "Gout", "Asthma", "Vitamin D deficiency", "GERD", "Hypothyroidism"]), unique=True
    ),
    said=st.sampled_from(["We shook hands.\r\n", "Thank you.\n\n", "\u00a0\n", "\U0001f642\n"]),
)
def test_a_longer_note_that_says_no_more_is_coded_alike(problems: list[str], said: str) -> None:
    heading = "\n".join(f"{number}. {problem}" for number, problem in enumerate(problems, start=1))
    codes = []
    for text in (heading, said * 40 + heading):
        begin = len(text) - len(heading)
        note = Document("d", text, (Section("assessment_and_plan", begin, len(text)),))
        codes.append([code.code for code in ENGINE.code_note([note], Context(Setting.PROFESSIONAL, DAY)).codes])
    assert codes[0] == codes[1]
    assert len(codes[0]) == len(problems)
