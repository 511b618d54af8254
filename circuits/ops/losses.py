"""Losses: one number for every index that passes over, the batch among them."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import Annotated, ClassVar, final

from pydantic import Field

from ..apply import applied, elementwise
from ..circuit import Circuit
from ..derived import Composite
from ..errors import AttributeProblem
from ..op import Glyph, Signature
from ..trace import Wire, build
from ..types import axis_name, axis_names, base
from .attention import l2_normalize
from .einsum import einsum
from .gather import gather
from .reductions import reduce
from .softmax import log_softmax
from .sources import iota
from .views import rename


class Loss(Composite):
    """Predictions compared with targets; one of them has all axes that pass over, the other no axis it lacks."""

    @final
    def typing(self) -> Signature:
        """Follow the expansion; every pair is hardly ever meant."""
        return replace(super().typing(), covering=True)


class CrossEntropy(Loss):
    """How far scores are from the class that is right: `cross_entropy(logits, label, axis="k")`.

    -log softmax(logits)[label], for whole labels below the size of the axis. With `smoothing` that share of the
    target is spread evenly over all classes. Source: Szegedy et al. (2016) for smoothing.
    """

    name: ClassVar[str] = "cross_entropy"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="H")

    axis: str = "k"
    smoothing: Annotated[float, Field(ge=0, le=1)] = 0.0

    def expand(self) -> Circuit:
        """The logarithm of the softmax, read at the label."""
        axis = axis_name(self.axis)

        def body(logits: Wire, label: Wire) -> Wire:
            scores = log_softmax(logits, axis=axis)
            loss = -gather(scores, label, axis=axis)
            if not self.smoothing:
                return loss
            spread = reduce("mean", scores, axes=axis)
            return elementwise(f"{1.0 - self.smoothing!r} * l - {self.smoothing!r} * s", loss, spread)

        inputs = {"logits": f"[{axis}]", "label": _label(axis)}
        return build("cross_entropy", inputs, body, outputs=["[]"])


class NLL(Loss):
    """Negative log-likelihood of a label: `nll(log_probabilities, label, axis="k")`.

    -log p[label], of logarithms of probabilities such as `log_softmax` gives.
    """

    name: ClassVar[str] = "nll"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="-\\log p")

    axis: str = "k"

    def expand(self) -> Circuit:
        """Read at the label."""
        axis = axis_name(self.axis)

        def body(log_probabilities: Wire, label: Wire) -> Wire:
            return -gather(log_probabilities, label, axis=axis)

        inputs = {"log_probabilities": f"[{axis}]", "label": _label(axis)}
        return build("nll", inputs, body, outputs=["[]"])


class PairLoss(Loss):
    """A loss of a prediction and a target at every index, its mean taken over `axes`."""

    inputs: ClassVar[tuple[str, str]] = ("prediction", "target")

    axes: str = ""

    @abstractmethod
    def term(self, prediction: Wire, target: Wire) -> Wire:
        """The loss at one index."""

    def total(self, terms: Wire, axes: str) -> Wire:
        """The mean over the axes."""
        return reduce("mean", terms, axes=axes)

    @final
    def expand(self) -> Circuit:
        """The term at every index, and its mean."""
        axes = " ".join(axis_names(self.axes))

        def body(prediction: Wire, target: Wire) -> Wire:
            terms = self.term(prediction, target)
            return self.total(terms, axes) if axes else terms

        return build(self.name, dict.fromkeys(self.inputs, f"[{axes}]"), body, outputs=["[]"])


class MeanSquaredError(PairLoss):
    """The mean of squared differences: `mse(prediction, target, axes="m")`; without axes, elementwise."""

    name: ClassVar[str] = "mse"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="|\\Delta|^2")

    def term(self, prediction: Wire, target: Wire) -> Wire:
        """A squared difference."""
        return elementwise("(p - t) ** 2", prediction, target)


class MeanAbsoluteError(PairLoss):
    """The mean of absolute differences: `mae(prediction, target, axes="m")`; without axes, elementwise."""

    name: ClassVar[str] = "mae"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="|\\Delta|")

    def term(self, prediction: Wire, target: Wire) -> Wire:
        """An absolute difference."""
        return elementwise("abs(p - t)", prediction, target)


class Huber(PairLoss):
    """Squares of small differences, multiples of large ones: `huber(prediction, target, axes="m")`.

    d^2 / 2 where |d| < delta, else delta (|d| - delta / 2), and the mean of it. Source: Huber (1964).
    """

    name: ClassVar[str] = "huber"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="\\mathrm{Huber}")

    delta: Annotated[float, Field(gt=0)] = 1.0

    def term(self, prediction: Wire, target: Wire) -> Wire:
        """A parabola that goes on straight."""
        delta = repr(self.delta)
        difference = prediction - target
        return elementwise(f"where(abs(d) < {delta}, 0.5 * d ** 2, {delta} * (abs(d) - 0.5 * {delta}))", difference)


class BinaryCrossEntropy(PairLoss):
    """Cross entropy of a yes or no, from a score: `binary_cross_entropy(logits, target)`, elementwise.

    -t log sigmoid(x) - (1 - t) log(1 - sigmoid(x)), without overflow; the target is a number from 0 to 1, `axes` takes
    the mean over some.
    """

    name: ClassVar[str] = "binary_cross_entropy"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="H_2")
    inputs: ClassVar[tuple[str, str]] = ("logits", "target")

    def term(self, prediction: Wire, target: Wire) -> Wire:
        """The sum of both logarithms."""
        return elementwise("softplus(x) - x * t", prediction, target)


class KLDivergence(PairLoss):
    """How much a distribution differs from another: `kl_divergence(log_q, p, axes="k")`, sum p (log p - log q).

    The first input holds logarithms, the second probabilities, as in torch's kl_div; where p is 0 the term is 0.
    Source: Kullback & Leibler (1951).
    """

    name: ClassVar[str] = "kl_divergence"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="\\mathrm{KL}")
    inputs: ClassVar[tuple[str, str]] = ("log_q", "p")

    def term(self, prediction: Wire, target: Wire) -> Wire:
        """The share of one outcome."""
        return elementwise("where(p > 0, p * (log(where(p > 0, p, 1.0)) - q), 0.0)", target, prediction)

    def total(self, terms: Wire, axes: str) -> Wire:
        """The sum over the outcomes."""
        return reduce("sum", terms, axes=axes)


class DiceLoss(Loss):
    """How little two regions overlap: `dice_loss(prediction, target, axes="y x")`.

    1 - (2 sum p t + smooth) / (sum p + sum t + smooth), of probabilities. Source: Milletari et al. (2016).
    """

    name: ClassVar[str] = "dice_loss"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="\\mathrm{Dice}")

    axes: str
    smooth: Annotated[float, Field(ge=0)] = 1.0

    def expand(self) -> Circuit:
        """Three sums."""
        axes = " ".join(axis_names(self.axes))

        def body(prediction: Wire, target: Wire) -> Wire:
            both = einsum(f"{axes}, {axes} ->", prediction, target)
            whole = reduce("sum", prediction + target, axes=axes)
            return elementwise(f"1.0 - (2.0 * b + {self.smooth!r}) / (w + {self.smooth!r})", both, whole)

        return build("dice_loss", dict.fromkeys(("prediction", "target"), f"[{axes}]"), body, outputs=["[]"])


class InfoNCE(Loss):
    """Tells the right partner from all others: `info_nce(a, b, pairs="n", axis="m")`, one loss a pair.

    The cross entropy of cosines divided by the temperature, of a[n] with all b, where b[n] is right. Source: van den
    Oord et al. (2018); Chen et al. (2020).
    """

    name: ClassVar[str] = "info_nce"
    glyph: ClassVar[Glyph] = Glyph(outline="box", mark="\\mathrm{NCE}")

    pairs: str
    axis: str
    temperature: Annotated[float, Field(gt=0)] = 0.1

    def expand(self) -> Circuit:
        """Scores of all pairs, and the cross entropy of each row."""
        pairs, axis = axis_name(self.pairs), axis_name(self.axis)
        if base(pairs) == base(axis):
            raise AttributeProblem("different axes as pairs and axis", f"'{axis}'", "Name the features of a vector.")
        other = pairs + "'"

        def body(a: Wire, b: Wire) -> Wire:
            first, second = (l2_normalize(x, axis=axis) for x in (a, b))
            partners = rename(second, f"{pairs} -> {other}")
            scores = einsum(f"{pairs} {axis}, {other} {axis} -> {pairs} {other}", first, partners)
            logits = elementwise(f"s / {self.temperature!r}", scores)
            return cross_entropy(logits, iota(pairs), axis=other)

        return build("info_nce", dict.fromkeys("ab", f"[{pairs} {axis}]"), body, outputs=[f"[{pairs}]"])


def _label(axis: str) -> str:
    return f"Natural({base(axis)})[]"


cross_entropy = applied(CrossEntropy)
nll = applied(NLL)
mse = applied(MeanSquaredError)
mae = applied(MeanAbsoluteError)
huber = applied(Huber)
binary_cross_entropy = applied(BinaryCrossEntropy)
kl_divergence = applied(KLDivergence)
dice_loss = applied(DiceLoss)
info_nce = applied(InfoNCE)
