"""What the page and the static file show of a circuit, as HTML."""

import re
from html import unescape
from re import sub

import pytest

from circuits import Circuit, Node, Output, op_class
from codegen import build
from editor import views
from editor.static_page import static_page
from gallery import entry, names

BROKEN = Circuit("broken", outputs=(Output("out", "a.y"),), nodes=(Node("a", "a", op_class("relu")(), ("nowhere",)),))
HOSTILE = Circuit("<script>alert(1)</script>", doc="<img src=x>", source="&amp;</title><script>")


def text(html: str) -> str:
    return unescape(sub(r"<[^>]*>", "", html))


def test_every_view_is_filled() -> None:
    circuit = entry("digit_classifier").circuit
    assert text(views.code(circuit)) == build(circuit).source
    assert text(views.listing(circuit)) == str(circuit)
    assert "669,706" in views.cost(circuit)
    assert text(views.problems(circuit)) == "No problems."


def test_a_broken_circuit_is_told_in_every_view() -> None:
    told = [str(problem) for problem in BROKEN.problems]
    assert told
    for view in (views.code, views.cost, views.problems):
        assert all(problem in text(view(BROKEN)) for problem in told)


def test_nothing_in_a_circuit_is_markup() -> None:
    for view in (views.listing, views.problems, views.cost, static_page):
        assert "<script>alert" not in view(HOSTILE) and "<img" not in view(HOSTILE)
    assert static_page(HOSTILE).count("<script>") == 1


@pytest.mark.parametrize("name", names())
def test_a_static_page_asks_nothing_from_outside(name: str) -> None:
    page = static_page(entry(name).circuit)
    assert f"<h1>{name}</h1>" in page and "<svg" in page
    asked = re.findall(r"""(?:href|src|action)="(?!#|data:)[^"]*"|url\((?!#)|@import|\bfetch\(""", page)
    assert not asked
    assert set(re.findall(r"https?://[\w./-]+", re.sub(r"<(header|section).*?</\1>", "", page, flags=re.DOTALL))) <= {
        "http://www.w3.org/2000/svg"
    }
    assert "default-src 'none'" in page


def test_a_static_page_shows_what_is_wrong() -> None:
    page = static_page(BROKEN)
    assert "<svg" in page and all(str(problem) in text(page) for problem in BROKEN.problems)


def test_colours_change_no_letter() -> None:
    source = 'def f(x):\n    """Doc <b>."""\n    return x < 1.5  # why & what\n'
    marked = views.coloured(source)
    assert text(marked) == source
    assert "<span class='k'>def</span>" in marked and "<span class='n'>1.5</span>" in marked
