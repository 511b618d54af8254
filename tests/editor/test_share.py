"""Circuits in links: what is packed comes back, and nothing else does any harm."""

from __future__ import annotations

import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits import Circuit, CircuitloomError, DocumentError
from editor.share import MARK, MAX_LINK, link, packed, unpacked
from gallery import entries
from tests.strategies import circuits


@given(circuits())
def test_what_is_packed_comes_back(circuit: Circuit) -> None:
    text = packed(circuit)
    assert unpacked(text) == circuit
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


@pytest.mark.parametrize("one", entries(), ids=lambda one: one.name)
def test_the_gallery_fits_into_links(one) -> None:  # type: ignore[no-untyped-def]
    text = link(one.circuit)
    assert text is not None and len(text) <= MAX_LINK
    assert unpacked(text) == one.circuit


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda data: MARK + base64.urlsafe_b64encode(data).decode()))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(CircuitloomError):
        unpacked(text)


@given(st.data())
def test_a_damaged_link_is_refused_or_another_circuit(data: st.DataObject) -> None:
    text = packed(entries()[0].circuit)
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("AZaz09-_.!"))
    try:
        assert isinstance(unpacked(text[:place] + letter + text[place + 1 :]), Circuit)
    except DocumentError as error:
        assert error.problems


def packed_bytes(data: bytes) -> str:
    return MARK + base64.urlsafe_b64encode(zlib.compress(data, 9)).decode().rstrip("=")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hello", "link: expected a text that begins with 'c1.', found 'hello'. Copy the whole link."),
        (MARK + "é", "link: expected letters, digits, '-' and '_', found others. Copy the link again."),
        (
            MARK + "AAAA",
            "link: expected a packed circuit, found damaged data (Error -3 while decompressing data: "
            "unknown compression method). Copy the whole link.",
        ),
        (
            packed_bytes(b"{}")[:-4],
            "link: expected a packed circuit, found only the beginning of one. Copy the whole link.",
        ),
        (
            packed_bytes(b" " * 30_000_000),
            "link: expected at most 20,000,000 bytes unpacked, found more. Send a file instead.",
        ),
        (packed_bytes(b"[" * 100_000), "link: expected at most 64 levels of brackets, found more. Nest less deeply."),
        (
            packed_bytes(b"{}"),
            "document: expected a key 'format' with 'circuitloom/1', found none. Give a circuit document.",
        ),
    ],
)
def test_what_is_wrong_with_a_link_is_said(text: str, expected: str) -> None:
    with pytest.raises(DocumentError) as raised:
        unpacked(text)
    assert str(raised.value) == expected
