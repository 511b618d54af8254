"""A residual network with identity shortcuts and normalisation before every map.

Axes: b images of a batch, y rows, x columns, c colours, s n o p channels of the stages, g h i of their bottlenecks.
"""

from circuits import (
    Axis,
    Circuit,
    Wire,
    batch_norm,
    build,
    call,
    circuit,
    conv,
    global_avg_pool,
    linear,
    relu,
    rename,
    repeat,
)

from .entry import Entry

SOURCE = "He, Zhang, Ren & Sun (2016), Identity Mappings in Deep Residual Networks"


def _active(x: Wire, channel: str, over: str, name: str) -> Wire:
    return relu(batch_norm(x, channel=channel, axes=f"b {over}", name=name))


def bottleneck(channel: str, narrow: str, over: str) -> Circuit:
    """A block that adds to the stream of `channel` what a narrower stack of three convolutions makes of it."""

    def body(x: Wire) -> Wire:
        first = conv(_active(x, channel, over, "norm_in"), f"{channel} -> {narrow}", over=over, kernel=1, name="reduce")
        middle = conv(
            _active(first, narrow, over, "norm_middle"), f"{narrow} -> {narrow}'", over=over, kernel=3, name="mix"
        )
        last = _active(rename(middle, f"{narrow}' -> {narrow}"), narrow, over, "norm_out")
        return x + conv(last, f"{narrow} -> {channel}", over=over, kernel=1, name="expand")

    text = f"b {channel} {over}"
    return build(
        f"bottleneck_{channel}",
        {"x": text},
        body,
        outputs=[text],
        source=SOURCE,
        axes=_batch(),
        doc="Three convolutions, the middle one narrow, added to what they read.",
    )


def stage(name: str, old: str, new: str, narrow: str, over: str, stride: int, blocks: int) -> Circuit:
    """A block that changes channels and resolution, then `blocks` - 1 that keep both."""
    out = over if stride == 1 else " ".join(_strided(axis, stride) for axis in over.split())

    def body(x: Wire) -> Wire:
        ready = _active(x, old, over, "norm_in")
        first = conv(ready, f"{old} -> {narrow}", over=over, kernel=1, stride=stride, padding=0, name="reduce")
        middle = conv(
            _active(first, narrow, out, "norm_middle"), f"{narrow} -> {narrow}'", over=out, kernel=3, name="mix"
        )
        last = _active(rename(middle, f"{narrow}' -> {narrow}"), narrow, out, "norm_out")
        main = conv(last, f"{narrow} -> {new}", over=out, kernel=1, name="expand")
        short = conv(ready, f"{old} -> {new}", over=over, kernel=1, stride=stride, padding=0, name="shortcut")
        stream: Wire = repeat(bottleneck(new, narrow, out), main + short, times=blocks - 1, name="blocks")
        return stream

    return build(
        name,
        {"x": f"b {old} {over}"},
        body,
        outputs=[f"b {new} {out}"],
        source=SOURCE,
        axes=_batch(),
        doc="Change channels and resolution on a projected shortcut, then keep both.",
    )


def _strided(axis: str, stride: int) -> str:
    root, slash, total = axis.partition("/")
    return f"{root}/{(int(total) if slash else 1) * stride}"


def _batch() -> dict[str, Axis]:
    return {"b": Axis("b", "images of a batch", "batch")}


@circuit(
    sizes={"y": 28, "x": 28, "c": 1, "s": 16, "n": 32, "g": 8, "o": 64, "h": 16, "p": 128, "i": 32, "b": 8},
    axes={
        **_batch(),
        "y": Axis("y", "rows of the image", "position"),
        "x": Axis("x", "columns of the image", "position"),
        "c": "colours",
        "s": "channels of the first map",
        "n": "channels of the first stage",
        "o": "channels of the second stage",
        "p": "channels of the third stage",
        "k": "classes",
    },
    source=SOURCE,
)
def identity_resnet(image: Wire["b c y x"]) -> Wire["b k=10"]:
    """Scores of ten classes, from three stages of blocks that add to a stream and never touch it otherwise."""
    stem = conv(image, "c -> s", over="y x", kernel=3, name="stem")
    first = call(stage("stage_one", "s", "n", "g", "y x", 1, 2), stem)
    second = call(stage("stage_two", "n", "o", "h", "y x", 2, 2), first)
    third = call(stage("stage_three", "o", "p", "i", "y/2 x/2", 2, 2), second)
    pooled = global_avg_pool(_active(third, "p", "y/4 x/4", "norm"), over="y/4 x/4")
    return linear("p -> k", pooled, name="logits")


ENTRY = Entry(
    identity_resnet,
    "Shortcuts are copies and additions; batch norm consumes the batch, so the circuit has to mention it.",
    data="mnist",
    settings={"steps": 150, "batch_size": 32, "learning_rate": 3e-3},
)
