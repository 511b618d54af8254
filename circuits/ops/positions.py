"""Positions: arrays and rotations that tell places along an axis apart."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ..apply import applied, elementwise
from ..circuit import Circuit
from ..derived import Composite
from ..errors import AttributeProblem
from ..op import Glyph, Init, Weight
from ..trace import Wire, build
from ..types import axis_names, base, derived
from .cast import cast
from .concat import concat
from .einsum import einsum
from .slices import roll
from .sources import iota
from .spatial import sized
from .specs import read_ends, read_sizes
from .views import one_axis

Base = Annotated[float, Field(gt=0)]


def _two(axes: str, what: str) -> tuple[str, str]:
    names = axis_names(" ".join(read_sizes(axes)))
    if len(names) != 2:
        raise AttributeProblem(f"two axes, {what}", f"'{axes}'", 'Write them as in axes="t m".')
    return names[0], names[1]


class Sinusoidal(Composite):
    """Sines and cosines of a position, of ever longer waves: `sinusoidal(axes="t m")`, an array [t m].

    out[t, 2i] = sin(t / base^(2i / size(m))), out[t, 2i + 1] = cos of the same. Source: Vaswani et al. (2017).
    """

    name: ClassVar[str] = "sinusoidal"
    glyph: ClassVar[Glyph] = Glyph(outline="pentagon", mark="\\sin")

    axes: str
    base: Base = 10000.0

    def expand(self) -> Circuit:
        """An expression of two counts."""
        position, channel = _two(self.axes, "positions and channels")
        angle = f"t / {self.base!r} ** ((m - m % 2) / size({base(channel)}))"

        def body() -> Wire:
            wave = f"where(m % 2 == 0, sin({angle}), cos({angle}))"
            return elementwise(wave, iota(channel), cast(iota(position)), outer=True)

        return build("sinusoidal", {}, body, outputs=[f"[{sized(read_sizes(self.axes))}]"])


class Rotary(Composite):
    """Turns pairs of channels by angles that grow with the position: `rotary(q, axes="t k")`.

    The pair i at position t is turned by t / base^(2i / size(k)), so products of queries and keys depend on the
    difference of their positions alone. Pairs are neighbours (2i, 2i + 1), or (i, i + size(k) / 2) with
    `layout="halves"`. Source: Su et al. (2021); halves, GPT-NeoX.
    """

    name: ClassVar[str] = "rotary"
    glyph: ClassVar[Glyph] = Glyph(outline="rotary", mark="\\mathrm{RoPE}")
    laws: ClassVar[frozenset[str]] = frozenset({"linear"})

    axes: str
    base: Base = 10000.0
    layout: Literal["interleaved", "halves"] = "interleaved"

    def expand(self) -> Circuit:
        """Each channel times the cosine, and its partner times the sine."""
        position, channel = _two(self.axes, "positions and channels")
        count = base(channel)
        even = f"{count} = 2*({count}//2)"
        halves = self.layout == "halves"
        pair = f"(k % (size({count}) // 2))" if halves else "(k // 2)"
        first = f"k < size({count}) // 2" if halves else "k % 2 == 0"
        angle = f"t / {self.base!r} ** (2 * {pair} / size({count}))"

        def body(x: Wire) -> Wire:
            angles = elementwise(angle, cast(iota(position)), iota(channel), outer=True)
            later = roll(x, axis=channel, shift=f"-({count}//2)" if halves else -1)
            earlier = roll(x, axis=channel, shift=f"{count}//2" if halves else 1)
            partner = elementwise(f"where({first}, -later, earlier)", iota(channel), later, earlier)
            return elementwise("x * cos(a) + p * sin(a)", x, angles, partner)

        type = f"[{position} {channel}]"
        return build("rotary", {"x": type}, body, outputs=[type], constraints=[even])


class FourierFeatures(Composite):
    """Sines and cosines of random projections: `fourier_features(x, "c -> f")`, cos(2 pi B x), then sin(2 pi B x).

    B [f/2 c] is drawn once, normally with the standard deviation `scale`, and not learned unless `trainable`. Lets a
    network over coordinates learn fine detail. Source: Tancik et al. (2020); Rahimi & Recht (2007).
    """

    name: ClassVar[str] = "fourier_features"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="\\cos,\\sin")

    spec: str
    scale: Annotated[float, Field(ge=0)] = 1.0
    trainable: bool = False

    def weights(self) -> Mapping[str, Weight]:
        """The projections, of which the circuit below gives the axes."""
        return {"weight": Weight("weight", (), Init("normal", self.scale), self.trainable)}

    def expand(self) -> Circuit:
        """A projection, and both waves of it side by side."""
        left, right = read_ends(self.spec, "c -> f")
        feature, source = one_axis(right, "on the right", self.spec), " ".join(left)
        half = derived(feature, 2)

        def body(x: Wire, weight: Wire) -> Wire:
            phase = einsum(f"{half} {source}, {source} -> {half}", weight, x) * (2 * math.pi)
            waves = (elementwise("cos(x)", phase), elementwise("sin(x)", phase))
            return concat(*waves, f"{half}, {half} -> {sized(right)}")

        return build(
            "fourier_features", {"x": f"[{source}]", "weight": f"[{half} {source}]"}, body, outputs=[f"[{feature}]"]
        )


class Alibi(Composite):
    """A penalty on scores that grows with distance: `alibi(axes="y x", heads="h")`, an array [h y x] to be added.

    out[h, y, x] = -2^(-8 (h + 1) / size(h)) |y - x|. Give it to `attention(..., masked="add")`. Source: Press et al.
    (2022).
    """

    name: ClassVar[str] = "alibi"
    glyph: ClassVar[Glyph] = Glyph(outline="pentagon", mark="-|y-x|")

    axes: str
    heads: str

    def expand(self) -> Circuit:
        """An expression of three counts."""
        query, key = _two(self.axes, "queries and keys")
        head = one_axis(read_sizes(self.heads), "in all", self.heads)
        penalty = f"-(2.0 ** (-8.0 * (h + 1.0) / size({base(head)}))) * abs(y - x)"

        def body() -> Wire:
            return elementwise(penalty, *(cast(iota(axis)) for axis in (head, query, key)), outer=True)

        full = f"[{sized({**read_sizes(self.heads), **read_sizes(self.axes)})}]"
        return build("alibi", {}, body, outputs=[full])


sinusoidal = applied(Sinusoidal)
rotary = applied(Rotary)
fourier_features = applied(FourierFeatures)
alibi = applied(Alibi)
