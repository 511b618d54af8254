"""A circuit as one HTML file to look at: picture, program, listing and costs, which asks nothing from outside."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from circuits import Circuit
from circuits.draw import CANVAS, DARK, Detail, Style, Theme, colour_roles, picture

from . import views
from .panels.comparison import themed

_FOLDER = Path(__file__).parent / "static"
_TABS = {"Program": views.code, "Listing": views.listing, "Costs": views.cost, "Problems": views.problems}


def static_page(circuit: Circuit) -> str:
    """The text of the file; a circuit with problems is shown with them. Its only script moves the picture."""
    svg = views.guarded(lambda: themed(picture(circuit, Detail(), Style(theme=CANVAS)), "p-"))
    titles = "".join(
        f'<input type="radio" name="tab" id="tab-{name}"{" checked" if not place else ""}>'
        f'<label for="tab-{name}">{name}</label>'
        for place, name in enumerate(_TABS)
    )
    bodies = "".join(f'<section class="for-{name}">{view(circuit)}</section>' for name, view in _TABS.items())
    shown = "".join(f"#tab-{name}:checked ~ .for-{name}{{display:block}}" for name in _TABS)
    about = escape(circuit.doc.partition("\n")[0])
    return _read("look.html").format(
        title=escape(circuit.name),
        about=f"<p>{about}</p>" if about else "",
        source=f'<p class="source">{escape(circuit.source)}</p>' if circuit.source else "",
        style=_colours() + re.sub(r":host \{[^}]*\}\n", "", views.STYLE) + _read("look.css") + shown,
        svg=svg,
        tabs=titles + bodies,
        script=_read("look.js"),
    )


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _colours() -> str:
    """The colours of the picture by their roles, light and dark as the reader's system is."""
    light, dark = (
        "".join(f"--p-{role}:{colour};" for role, colour in colour_roles(theme).items()) for theme in (Theme(), DARK)
    )
    return f":root{{{light}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}"
