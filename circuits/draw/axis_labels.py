"""What is written over a wire: names and sizes of axes as TeX."""

from __future__ import annotations

import re

from ..types import Element, base

_PARTS = re.compile(r"(?P<root>[^\W\d_]+)(?P<rest>\w*)(?P<index>\[[^\]]*\])?(?P<stride>/[0-9]+)?(?P<primes>'*)")
_POWER = re.compile(r"\*\*\s*(\w+)")
GREEK = {
    letter: f"\\{word}"
    for letter, word in zip(
        "αβγδεζηθκλμνξπρσςτυφχψω",
        [
            "alpha",
            "beta",
            "gamma",
            "delta",
            "epsilon",
            "zeta",
            "eta",
            "theta",
            "kappa",
            "lambda",
            "mu",
            "nu",
            "xi",
            "pi",
            "rho",
            "sigma",
            "sigma",
            "tau",
            "upsilon",
            "phi",
            "chi",
            "psi",
            "omega",
        ],
        strict=True,
    )
}


def axis_label(name: str, role: str = "feature", index: str = "", group: bool = False) -> str:
    """An axis as TeX: positions get a bar, `x[l-1]` and `x_2` subscripts, the `index` of a repetition a lambda."""
    parts = _PARTS.fullmatch(name)
    if parts is None:
        return word(name)
    root = word(parts["root"])
    if group:
        root = f"\\mathbf{{{root}}}"
    if role == "position":
        root = f"\\bar{{{root}}}"
    below = [parts["rest"].strip("_").replace("_", ",")] if parts["rest"] else []
    if parts["index"]:
        below.append(size_label(parts["index"][1:-1], index))
    text = root + parts["primes"] + (f"_{{{','.join(item for item in below if item)}}}" if any(below) else "")
    return text + (parts["stride"] or "")


def word(text: str) -> str:
    """A name as TeX: one letter stands as it is, several stand close together."""
    if text in GREEK:
        return GREEK[text]
    if len(text) == 1:
        return text
    return f"\\mathit{{{text}}}" if text.isascii() and text.isalnum() else f"\\mathrm{{{escaped(text)}}}"


def escaped(text: str) -> str:
    """Text without anything that means something to TeX."""
    return re.sub(r"([_%#&$])", r"\\\1", re.sub(r"[\\{}^~]", "", text))


def size_label(text: str, index: str = "") -> str:
    """A size expression as TeX; the `index` of a repetition is written as a lambda."""
    if index:
        text = re.sub(rf"\b{re.escape(index)}\b", "λ", text)
    text = re.sub(r"[^\W\d_]{2,}", lambda found: word(found[0]), text)
    text = _POWER.sub(r"^{\1}", text).replace("//", "/").replace("*", "\\,").replace(" ", "")
    return re.sub("[α-ω](?=([a-zA-Z])?)", lambda found: GREEK[found[0]] + (" " if found[1] else ""), text)


def element_label(element: Element, index: str = "") -> str:
    """The element of an array, as the wire that carries it is labelled."""
    match element.kind:
        case "Natural":
            return size_label(str(element.bound), index)
        case "Index":
            return axis_label(base(element.axis), "position", index)
        case "Int":
            return f"\\mathbb{{Z}}_{{{element.bits}}}"
        case "Complex":
            return "\\mathbb{C}"
        case "Bool":
            return "\\mathbb{B}"
        case _:
            return ""
