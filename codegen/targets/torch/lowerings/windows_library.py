"""Convolutions and pooling as torch's own: they bear one leading dimension, so others are flattened around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..registry import declares, lowers
from ..site import Site
from ..value import Value, ordered


def over_batch(site: Site, call: str, x: Value, own: Sequence[str], made: Sequence[str]) -> Value:
    """`call` applied to the last axes `own` of x, which become `made`; whatever leads is one dimension meanwhile."""
    rest = x.passing
    x = ordered(x, (*rest, *own))
    if not x.leading and len(rest) <= 1:
        return x.of(f"{call}({x.code})", (*rest, *made))
    return x.of(f"{site.writer.helper('over_batch')}({call}, {x.code}, {len(own)})", (*rest, *made))


def pair(words: Sequence[Any]) -> str:
    """One number for all axes where they agree, else a tuple."""
    texts = [str(word) for word in words]
    return texts[0] if len(set(texts)) == 1 else f"({', '.join(texts)})"


def padded(spans: Sequence[Any]) -> tuple[list[str], bool] | None:
    """Padding before every axis, and whether there is as much behind it; None where it is no number."""
    found, even = [], True
    for span in spans:
        if span.padding.isdecimal():
            found.append(span.padding)
            continue
        reach = (span.dilation * (span.size - 1)).number
        if reach is None:
            return None
        even = even and span.padding == "same" and reach % 2 == 0
        found.append(str(reach // 2 if span.padding == "same" else reach))
    return found, even


def edges(spans: Sequence[Any]) -> str:
    """The argument of `F.pad` for windows that reach further over one end: last axis first."""
    words = []
    for span in reversed(spans):
        reach = (span.dilation * (span.size - 1)).number
        assert reach is not None
        match span.padding:
            case "same":
                words += [reach // 2, reach - reach // 2]
            case "causal":
                words += [reach, 0]
            case number:
                words += [int(number), int(number)]
    return f"({', '.join(map(str, words))})"


def options(**words: tuple[str, str]) -> str:
    """Keyword arguments that differ from their defaults: `name=(value, default)`."""
    return "".join(f", {name}={value}" for name, (value, default) in words.items() if value != default)


def plain(spans: Sequence[Any]) -> bool:
    """Whether torch has a call for these windows: one to three axes, kernels that are numbers."""
    return 1 <= len(spans) <= 3 and all(span.size.number is not None for span in spans) and padded(spans) is not None


@declares("conv")
def declare_conv(op: Any, site: Site) -> str | None:
    """`nn.Conv2d` and its kin."""
    left, right = (tuple(axes) for axes in op.channels)
    if len(left) != 1 or len(right) != 1 or not plain(op.spans):
        return None
    return _module(f"nn.Conv{len(op.spans)}d", op, site, left[0], right[0], op.spans, str(op.groups))


@declares("depthwise_conv")
def declare_depthwise(op: Any, site: Site) -> str | None:
    """None: its weight has no axis of length one, as torch's has."""
    return None


def _module(name: str, op: Any, site: Site, left: str, right: str, spans: Sequence[Any], groups: str) -> str:
    found = padded(spans)
    assert found is not None
    padding, even = found
    extra = options(
        stride=(pair([span.stride for span in spans]), "1"),
        padding=(pair(padding) if even else "0", "0"),
        dilation=(pair([span.dilation for span in spans]), "1"),
        groups=(groups, "1"),
        bias=(str(op.bias), "True"),
    )
    channels = f"{site.static_axis(left)}, {site.static_axis(right)}"
    return f"{name}({channels}, {pair([span.size for span in spans])}{extra})"


@lowers("conv")
def print_conv(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """A call of the module; the expansion where weights come from elsewhere."""
    if not site.calls_member:
        return None
    left, right = tuple(op.channels[0]), tuple(op.channels[1])
    own = (*left, *(span.fine for span in op.spans))
    x = inputs[0]
    found = padded(op.spans)
    if found is not None and not found[1]:
        x = ordered(x, (*x.passing, *own))
        x = site.let(x.of(f"F.pad({x.code}, {edges(op.spans)})"), "padded")
    return [over_batch(site, site.member, x, own, (*right, *(span.coarse for span in op.spans)))]


@declares("conv_transposed")
def declare_conv_transposed(op: Any, site: Site) -> str | None:
    """`nn.ConvTranspose2d` and its kin, for padding that is a number."""
    left, right = (tuple(axes) for axes in op.channels)
    spans = [span for span, _ in op.spans]
    if len(left) != 1 or len(right) != 1 or not plain(spans) or any(not span.padding.isdecimal() for span in spans):
        return None
    extra = options(
        stride=(pair([span.stride for span in spans]), "1"),
        padding=(pair([span.padding for span in spans]), "0"),
        output_padding=(pair([spare for _, spare in op.spans]), "0"),
        groups=(str(op.groups), "1"),
        bias=(str(op.bias), "True"),
        dilation=(pair([span.dilation for span in spans]), "1"),
    )
    channels = f"{site.static_axis(left[0])}, {site.static_axis(right[0])}"
    return f"nn.ConvTranspose{len(spans)}d({channels}, {pair([span.size for span in spans])}{extra})"


@lowers("conv_transposed")
def print_conv_transposed(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """A call of the module; the expansion where weights come from elsewhere."""
    if not site.calls_member:
        return None
    own = (*op.channels[0], *(span.coarse for span, _ in op.spans))
    return [over_batch(site, site.member, inputs[0], own, (*op.channels[1], *(span.fine for span, _ in op.spans)))]


@lowers("max_pool", "avg_pool")
def print_pool(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """`F.max_pool2d`, `F.avg_pool2d` and their kin, for padding that is a number."""
    spans = op.spans
    average = op.name == "avg_pool"
    if not plain(spans) or any(not span.padding.isdecimal() for span in spans):
        return None
    if average and any(span.dilation != 1 for span in spans):
        return None
    kernel = pair([span.size for span in spans])
    extra = options(
        stride=(pair([span.stride for span in spans]), kernel),
        padding=(pair([span.padding for span in spans]), "0"),
        dilation=(pair([span.dilation for span in spans]), "1"),
        count_include_pad=(str(op.count_include_pad) if average else "True", "True"),
    )
    own, made = [span.fine for span in spans], [span.coarse for span in spans]
    name = f"F.{op.name}{len(spans)}d"
    x = inputs[0]
    laid = ordered(x, (*x.passing, *own))
    if not x.leading and 1 <= len(x.passing) <= 2:
        return [laid.of(f"{name}({laid.code}, {kernel}{extra})", (*x.passing, *made))]
    return [over_batch(site, f"lambda z: {name}(z, {kernel}{extra})", x, own, made)]


@lowers("global_avg_pool")
def print_global_avg_pool(op: Any, site: Site, inputs: Sequence[Value]) -> list[Value] | None:
    """The mean over trailing dimensions."""
    x, axes = inputs[0], op.over.split()
    dims = ", ".join(str(x.at(axis)) for axis in axes)
    kept = tuple(axis for axis in x.axes if axis not in axes)
    return [x.of(f"{x.held}.mean(({dims},))" if len(axes) == 1 else f"{x.held}.mean(({dims}))", kept)]
