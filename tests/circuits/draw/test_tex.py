"""The small TeX: what is read is written again, and nothing else gets into a document as TeX."""

import re

import pytest
from hypothesis import given

from circuits.draw.tex import ACCENTS, ALPHABETS, FUNCTIONS, LONGEST, SYMBOLS, Writing, cleaned, read
from circuits.draw.tex_words import latex
from tests.circuits.draw.scene_strategies import HOSTILE, fonts, texts

KNOWN = {
    *ACCENTS,
    *ALPHABETS,
    *FUNCTIONS,
    *SYMBOLS,
    "\\mathbb",
    "\\mathcal",
    "\\frac",
    "\\sqrt",
    "\\limits",
    "\\square",
}
FACES = {"\\rmfamily", "\\sffamily", "\\bfseries", "\\ttfamily"}
LETTERS = {"\\textbackslash", "\\textasciitilde", "\\textasciicircum", "\\textless", "\\textgreater", "\\textbar", "\\textendash", "\\textemdash", "\\ss", "\\ae", "\\AE", "\\o", "\\O", "\\oe", "\\l"}  # fmt: skip
MARKS = {f"\\{mark}" for mark in "`'^~=u.\"rHvck"} | {f"\\{sign}" for sign in "{}_#$%&"}


@given(texts)
def test_what_is_read_is_written_and_read_again(text: str) -> None:
    row = read(text)
    assert row is None or read(Writing(str).row(row)) == row


@given(texts, fonts)
def test_a_document_gets_no_command_that_is_not_ours(text: str, font: str) -> None:
    commands = set(re.findall(r"\\(?:[A-Za-z]+|.)", latex(text, font), re.DOTALL))
    assert commands <= KNOWN | FACES | LETTERS | MARKS


@given(texts, fonts)
def test_a_document_gets_plain_letters_and_whole_groups(text: str, font: str) -> None:
    said = latex(text, font)
    assert said.isascii()
    assert said.isprintable()
    bare = re.sub(r"\\.", "", said)
    assert not re.search("[%#&~]", bare)
    assert bare.count("$") % 2 == 0
    depth = 0
    for letter in bare:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        assert depth >= 0
    assert depth == 0


@given(texts)
def test_cleaned_text_is_short_and_on_one_line(text: str) -> None:
    assert cleaned(cleaned(text)) == cleaned(text)
    assert len(cleaned(text)) <= LONGEST
    assert not set(cleaned(text)) & set("\n\r\t\x00")
    cleaned(text).encode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\bar x", r"\bar{x}"),
        (r"\mathbf{L}^Q_+", r"\mathbf{L}^{Q}_{+}"),
        ("k^{-1/2}", "k^{-1/2}"),
        ("λx", r"\lambda x"),
        (r"\lambda2", r"\lambda2"),
        ("x''_1^2", "x''^{2}_{1}"),
        (r"\frac a b", r"\frac{a}{b}"),
        ("a  b", "ab"),
    ],
)
def test_tex_in_its_one_form(text: str, expected: str) -> None:
    row = read(text)
    assert row is not None
    assert Writing(str).row(row) == expected


@pytest.mark.parametrize(
    "text",
    [
        "a^b^c",
        "x_",
        "{",
        "}",
        "{}",
        "$x$",
        r"\foo",
        r"\frac{a}",
        r"\mathbb{e}",
        r"\mathbb{x^2}",
        "a%b",
        "a#b",
        "a&b",
        "a~b",
        "'",
        "\\",
        "{" * 40 + "x" + "}" * 40,
        "x" * 301,
    ],
)
def test_what_is_no_tex(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "font", "expected"),
    [
        (r"\bar{x}", "math", r"$\bar{x}$"),
        (r"\sum_{i=1}^n x", "math", r"$\sum\limits^{n}_{i=1}x$"),
        (r"\input{x}", "math", r"\rmfamily \textbackslash{}input\{x\}"),
        ("50 % & more_or_less", "sans", r"\sffamily 50 \% \& more\_or\_less"),
        ("--", "sans bold", r"\sffamily\bfseries -{}-"),
        ("naïve Ångström λ 字", "sans", r"\sffamily na\"{i}ve \r{A}ngstr\"{o}m $\lambda$ $\square$"),
        ("", "sans", ""),
        ("", "math", ""),
    ],
)
def test_labels_as_latex(text: str, font: str, expected: str) -> None:
    assert latex(text, font) == expected


def test_the_hostile_texts_are_all_different() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE)
