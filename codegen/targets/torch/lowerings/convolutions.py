"""Convolutions and pooling: torch's functions bear one leading dimension, and one to three axes of positions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from circuits import Size

from ....writing.numbers import number_code
from ..registry import declares, lowers
from ..site import Site
from ..value import Value, ordered
from .norms import plain_weights


def each(words: Sequence[str]) -> str:
    """One word for all axes where they agree, else a tuple."""
    return words[0] if len(set(words)) == 1 else f"({', '.join(words)})"


def keywords(**pairs: tuple[str, str]) -> list[str]:
    """Keyword arguments that differ from torch's defaults, given as (value, default)."""
    return [f"{name}={value}" for name, (value, default) in pairs.items() if value != default]


def pads(site: Site, span: Any) -> tuple[Size, Size]:
    """How far windows reach over both ends of an axis."""
    reach = span.dilation * (span.size - 1)
    match span.padding:
        case "same":
            before = site.scope.solved(reach) // 2
            return before, site.scope.solved(reach) - before
        case "causal":
            return site.scope.solved(reach), Size.of(0)
        case number:
            return Size.of(number), Size.of(number)


def even_padding(site: Site, spans: Sequence[Any]) -> list[str] | None:
    """The padding of each axis where both its ends have the same, which is a number."""
    found = []
    for span in spans:
        before, after = pads(site, span)
        if before != after or before.number is None:
            return None
        found.append(str(before.number))
    return found


def prepared(site: Site, value: Value, spans: Sequence[Any], fill: float = 0.0) -> Value:
    """The value padded by hand where its ends differ."""
    words: list[str] = []
    for span in reversed(spans):
        words += [site.size(size) for size in pads(site, span)]
    number = "" if fill == 0.0 else f", value={number_code(fill)}"
    return value.of(f"F.pad({value.code}, ({', '.join(words)}){number})")


@declares("conv", "conv_transposed")
def declare_conv(op: Any, site: Site) -> str | None:
    """`nn.Conv2d` and its relatives."""
    (left, right), spans = op.channels, _spans(op)
    if len(left) != 1 or len(right) != 1 or len(spans) > 3 or _padding(op, site) is None:
        return None
    channels = [site.static_axis(next(iter(part))) for part in (left, right)]
    kernel = each([site.static(span.size) for span in spans])
    kind = "Conv" if op.name == "conv" else "ConvTranspose"
    words = [*channels, kernel, *_options(op, site), *([] if op.bias else ["bias=False"])]
    return f"nn.{kind}{len(spans)}d({', '.join(words)})"


def _spans(op: Any) -> list[Any]:
    return list(op.spans) if op.name == "conv" else [span for span, _ in op.spans]


def _padding(op: Any, site: Site) -> list[str] | None:
    """What torch pads; the rest is padded by hand before a convolution, and has no lowering after its transpose."""
    spans = _spans(op)
    even = even_padding(site, spans)
    if even is not None or op.name == "conv_transposed":
        return even
    return ["0"] * len(spans)


def _options(op: Any, site: Site) -> list[str]:
    spans = _spans(op)
    spare = [str(extra) for _, extra in op.spans] if op.name == "conv_transposed" else ["0"]
    return keywords(
        stride=(each([str(span.stride) for span in spans]), "1"),
        padding=(each(_padding(op, site) or ["0"]), "0"),
        output_padding=(each(spare), "0"),
        dilation=(each([str(span.dilation) for span in spans]), "1"),
        groups=(str(op.groups), "1"),
    )


@lowers("conv", "conv_transposed")
def print_conv(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """A call of the module, or of the function for weights from elsewhere."""
    value, weights, spans = inputs[0], inputs[1:], _spans(op)
    if declare_conv(op, site) is None or not plain_weights(weights):
        return None
    (channel,), (made,) = op.channels
    names = [(span.fine, span.coarse) for span in spans]
    old, new = zip(*(names if op.name == "conv" else [pair[::-1] for pair in names]), strict=True)
    laid = ordered(value, (*value.passing, channel, *old))
    if even_padding(site, spans) is None:
        laid = prepared(site, laid, spans)
    axes = (*value.passing, made, *new)
    helper, dims = site.writer.helper("batched"), 1 + len(spans)
    if site.calls_member:
        return [replace(laid.of(f"{helper}({site.member}, {laid.code}, {dims})", axes), fresh=True)]
    function = f"F.{op.name.replace('transposed', 'transpose')}{len(spans)}d"
    own = [ordered(weights[0], site.op.signature.weights[0].axes).code, *(weight.code for weight in weights[1:])]
    given = [f"{name}={code}" for name, code in zip(("weight", "bias"), own, strict=False)]
    call = f"{helper}({function}, {laid.code}, {dims}, {', '.join([*given, *_options(op, site)])})"
    return [laid.of(call, axes)]


@lowers("depthwise_conv")
def print_depthwise(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """A convolution with a group a channel."""
    value, weights, spans = inputs[0], inputs[1:], op.spans
    if len(op.channel.split()) != 1 or len(spans) > 3 or not plain_weights(weights):
        return None
    laid = ordered(value, (*value.passing, op.channel, *(span.fine for span in spans)))
    even = even_padding(site, spans)
    if even is None:
        laid = prepared(site, laid, spans)
    weight = site.let(ordered(weights[0], (op.channel, *(span.kernel for span in spans))), "weight")
    given = [f"weight={weight.code}.unsqueeze(1)", *(f"bias={bias.code}" for bias in weights[1:])]
    given += keywords(
        stride=(each([str(span.stride) for span in spans]), "1"),
        padding=(each(even or ["0"]), "0"),
        dilation=(each([str(span.dilation) for span in spans]), "1"),
    )
    given.append(f"groups={weight.length(op.channel)}")
    dims = 1 + len(spans)
    call = f"{site.writer.helper('batched')}(F.conv{len(spans)}d, {laid.code}, {dims}, {', '.join(given)})"
    return [laid.of(call, (*value.passing, op.channel, *(span.coarse for span in spans)))]


@lowers("max_pool", "avg_pool")
def print_pool(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """`F.max_pool2d` and its relatives; what leads are channels to them, so there may be any number."""
    value, spans = inputs[0], op.spans
    padding = _pool_padding(op, site)
    average = op.name == "avg_pool"
    if len(spans) > 3 or (average and (padding is None or any(span.dilation != 1 for span in spans))):
        return None
    laid = ordered(value, (*value.passing, *(span.fine for span in spans)))
    if padding is None:
        laid, padding = prepared(site, laid, spans, float("-inf")), ["0"]
    kernel = each([site.size(span.size) for span in spans])
    counted = not average or op.count_include_pad or set(padding) == {"0"}
    words = [f"kernel_size={kernel}"]
    words += keywords(
        stride=(each([str(span.stride) for span in spans]), kernel),
        padding=(each(padding), "0"),
        dilation=(each([str(span.dilation) for span in spans]), "1"),
        count_include_pad=(str(counted), "True"),
    )
    call = f"{site.writer.helper('batched')}(F.{op.name}{len(spans)}d, {laid.code}, {len(spans)}, {', '.join(words)})"
    return [laid.of(call, (*value.passing, *(span.coarse for span in spans)))]


def _pool_padding(op: Any, site: Site) -> list[str] | None:
    """The padding of each axis, where torch does it: evenly, and at most half the kernel."""
    even = even_padding(site, op.spans)
    if even is None:
        return None
    sizes = [site.scope.solved(span.size).number for span in op.spans]
    fits = all(pad == "0" or (size is not None and 2 * int(pad) <= size) for pad, size in zip(even, sizes, strict=True))
    return even if fits else None


@lowers("upsample")
def print_upsample(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """Repeated elements, or `F.interpolate` for one to three axes."""
    value = inputs[0]
    steps = [step for step in op.steps if step[0] != step[1]]
    if op.mode == "nearest":
        for old, new, factor in steps:
            axes = [new if axis == old else axis for axis in value.axes]
            value = value.of(f"{value.held}.repeat_interleave({factor}, {value.at(old)})", axes)
        return [value]
    if not 1 <= len(steps) <= 3 or not value.passing:
        return None
    laid = ordered(value, (*value.passing, *(old for old, _, _ in steps)))
    mode = {1: "linear", 2: "bilinear", 3: "trilinear"}[len(steps)]
    factors = each([f"{factor}.0" for *_, factor in steps])
    helper, dims = site.writer.helper("batched"), 1 + len(steps)
    call = f'{helper}(F.interpolate, {laid.code}, {dims}, scale_factor={factors}, mode="{mode}")'
    return [laid.of(call, (*value.passing, *(new for _, new, _ in steps)))]
