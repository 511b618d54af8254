"""What the page shows of a circuit, without a browser."""

from html import unescape
from re import sub

import pytest

from circuits import Circuit, Node, Output, dumps, op_class
from codegen import build
from editor import views
from editor.page import Page, parts
from gallery import entry

BROKEN = Circuit("broken", outputs=(Output("out", "a.y"),), nodes=(Node("a", "a", op_class("relu")(), ("nowhere",)),))


def text(html: str) -> str:
    return unescape(sub(r"<[^>]*>", "", html))


@pytest.fixture
def opened() -> Page:
    return Page("digit_classifier")


def test_every_view_is_filled(opened: Page) -> None:
    circuit = entry("digit_classifier").circuit
    assert "<svg" in opened.picture.object and "first_map" in opened.picture.object
    assert text(opened.texts["PyTorch"].object) == build(circuit).source
    assert text(opened.texts["Listing"].object) == str(circuit)
    assert "669,706" in opened.texts["Cost"].object
    assert text(opened.texts["Problems"].object) == "No problems."
    assert opened.workshop.training.data.value == "mnist"
    assert opened.workshop.training.form.document()["steps"] == entry("digit_classifier").settings["steps"]


def test_another_circuit_is_shown(opened: Page) -> None:
    opened.choice.value = "vit_digits"
    assert "vit_digits" in opened.title.object and "patch_map" in opened.picture.object
    assert opened.workshop.training.data.value == "digits"
    assert next(iter(opened.part.options)) == "vit_digits"
    opened.part.value = opened.part.options["encoder_block"]
    assert "feed_forward_norm" in opened.picture.object


def test_a_file_is_opened_and_one_that_is_none_is_refused(opened: Page) -> None:
    opened.file.filename = "mine.circuit.json"
    opened.file.value = dumps(entry("attention").circuit).encode()
    assert opened.entry.circuit == entry("attention").circuit
    opened.file.value = b"{"
    assert "mine.circuit.json" in text(opened.title.object) and "expected" in opened.title.object
    assert opened.entry.circuit == entry("attention").circuit


def test_a_broken_circuit_is_drawn_and_told(opened: Page) -> None:
    opened.file.filename = "broken.circuit.json"
    opened.file.value = dumps(BROKEN).encode()
    assert "? nowhere" in opened.picture.object
    told = [str(problem) for problem in BROKEN.problems]
    assert told
    for label in ("PyTorch", "Cost", "Problems"):
        assert all(problem in text(opened.texts[label].object) for problem in told)
    opened.workshop.training.toggle()
    assert opened.workshop.training.worker is None
    assert all(problem in text(opened.workshop.training.status.object) for problem in told)


def test_nothing_in_a_circuit_is_markup() -> None:
    hostile = Circuit("<script>alert(1)</script>", doc="<img src=x>", source="&amp;")
    for view in (views.listing, views.problems, views.drawing):
        assert "<script>" not in view(hostile)


def test_parts_are_told_apart_by_number() -> None:
    found = parts(entry("transformer").circuit)
    assert next(iter(found)) == "transformer"
    assert len(found) == len(set(entry("transformer").circuit.definitions()))


def test_colours_change_no_letter() -> None:
    source = 'def f(x):\n    """Doc <b>."""\n    return x < 1.5  # why & what\n'
    marked = views.coloured(source)
    assert text(marked) == source
    assert "<span class='k'>def</span>" in marked and "<span class='n'>1.5</span>" in marked
