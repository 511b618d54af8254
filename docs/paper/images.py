"""Plates of networks for images: a digit classifier, a residual network and its block, and a U-Net.

Axes: x̄ an image, its rows and columns in one double wire; n and c channels, b images of a batch, k classes.
"""

from __future__ import annotations

from circuits import (
    Axis,
    Circuit,
    Wire,
    batch_norm,
    build,
    call,
    circuit,
    concat,
    conv,
    global_avg_pool,
    host,
    linear,
    max_pool,
    merge,
    relu,
    repeat,
    softmax,
    unwindow,
    window,
)
from circuits.draw import Detail, Scene, Style
from circuits.draw.plates import (
    At,
    Cases,
    Look,
    Note,
    below,
    beside,
    definition,
    drawn,
    drawn_rows,
    formula,
    ground,
    legend,
    listing,
    moved,
    noted,
    plate,
    sign,
    titled,
    together,
)

MOSS, ICE, STONE, AMBER = "#f1f4c1", "#e5f2f9", "#e8eeeb", "#ffd797"
PINK, BLUE, SKY, LAVENDER, GREEN, SUN, INK_BLUE = (
    "#fce0e1",
    "#dbdfef",
    "#c1e8f7",
    "#e3e6f8",
    "#cce7cf",
    "#f9e91b",
    "#52aee2",
)
DIGITS = {
    "x": Axis("x", "rows", "position", label="\\bar{x} = 28"),
    "y": Axis("y", "columns", "position", label="\\bar{y} = 28"),
    "xy": Axis("xy", "pixels", label="28^2"),
    "n": Axis("n", "first hidden layer", label="512"),
    "o": Axis("o", "second hidden layer", label="512"),
    "k": Axis("k", "digits", label="k = 10"),
}
CODE = """import torch.nn as nn


class DigitClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.flatten = nn.Flatten()
        self.layers = nn.Sequential(
            nn.Linear(28 * 28, 512),
            nn.ReLU(),
            nn.Linear(512, 512),
            nn.ReLU(),
            nn.Linear(512, 10),
        )

    def forward(self, image):
        pixels = self.flatten(image)
        scores = self.layers(pixels)
        return scores.softmax(-1)
"""


@circuit(axes=DIGITS)
def digits(X: Wire["x y"]) -> dict[str, Wire]:
    """Chances of the ten digits for an image, from two hidden layers over all its pixels."""
    pixels = merge(X, "x y -> xy", name="flatten")
    first = relu(linear("xy -> n", pixels, name="linear"), name="first")
    second = relu(linear("n -> o", first, name="linear_2"), name="second")
    return {"\\hat{Y}": softmax(linear("o -> k", second, name="linear_3"), axis="k", name="chances")}


def digit_classifier() -> Scene:
    """The classifier as code and as a picture; one colour for what is one thing in both."""
    scene = drawn(digits)
    scene = ground(scene, PINK, At(node="flatten"), grow=8.0)
    layers = [At(node=f"linear{end}", part="glyph") for end in ("", "_2", "_3")]
    scene = ground(scene, SKY, *layers, At(node="first"), grow=(15.0, 4.0, 15.0, 34.0))
    scene = ground(scene, BLUE, *layers, title="Linear", grow=7.0, under=True)
    scene = ground(scene, GREEN, At(node="chances"), title="SoftMax")
    scene = ground(scene, SUN, At(part="name", place=-1), grow=5.0)
    scene = ground(scene, INK_BLUE, At(part="name", place=0), grow=5.0)
    scene = titled(scene, "A Classifier of Digits", font="sans bold")
    marks = {
        "self.flatten": PINK,
        "nn.Flatten": PINK,
        "self.layers": SKY,
        "nn.Linear": BLUE,
        "softmax": GREEN,
    }
    return plate(beside(listing(CODE, marks), scene, gap=36.0, align="middle"), "Digit classifier")


STREAM = {
    "x": Axis("x", "an image", "position"),
    "z": Axis("z", "the smaller image", "position", label="\\bar{x}/s"),
    "q": Axis("q", "a window of one", label="1^2"),
    "n": Axis("n", "channels before", label="n_0"),
    "m": Axis("m", "channels after", label="n_1"),
    "h": Axis("h", "channels between", label="n_b"),
    "h'": Axis("h'", "channels between", label="n_b"),
    "b": Axis("b", "images of a batch", "batch"),
}
RESNET = Look(
    doubled=("x", "z", "q"),
    order=("x", "z", "q", "n", "m", "h", "b"),
    named=False,
    bounds={"again": ("\\lambda = 1", "N - 1")},
)


def _active(x: Wire, channel: str, over: str, name: str) -> Wire:
    return relu(batch_norm(x, channel=channel, axes=f"b {over}", name=name), name=f"{name}_relu")


def _bottleneck(x: Wire) -> Wire:
    first = conv(_active(x, "m", "z", "norm"), "m -> h", over="z", kernel=1, name="conv")
    middle = conv(_active(first, "h", "z", "norm_2"), "h -> h'", over="z", kernel=3, name="conv_2")
    last = conv(_active(middle, "h'", "z", "norm_3"), "h' -> m", over="z", kernel=1, name="conv_3")
    return x + last


kept = build("kept", {"x": "z m b"}, _bottleneck, outputs=["z m b"], axes=STREAM, doc="A block that keeps its shape.")


@circuit(axes=STREAM)
def block(x: Wire["x n b"]) -> Wire["z m b"]:
    """A block that changes channels and resolution, then others that keep them."""
    ready = _active(x, "n", "x", "norm_in")
    small = linear("q n -> h", window(ready, "x -> z q=1", stride="s", padding=0, name="window"), name="linear")
    middle = conv(_active(small, "h", "z", "norm"), "h -> h'", over="z", kernel=3, name="conv")
    last = conv(_active(middle, "h'", "z", "norm_2"), "h' -> m", over="z", kernel=1, name="conv_2")
    short = linear("q n -> m", window(ready, "x -> z q=1", stride="s", padding=0, name="window_2"), name="linear_2")
    summed = last + short
    stream: Wire = repeat(kept, summed, times=2, name="again")
    return stream


def residual_block() -> Scene:
    """The block of the residual network: its box, its first part, and the part that is repeated."""
    box_of_it = definition(block, "Block", "(s, N)", look=RESNET, nested=True)
    once, repeated = drawn_rows(block, Detail(), Style(fences=False), RESNET, width=1150.0)
    first = [At(node=name) for name in ("window", "norm", "conv", "norm_2", "conv_2", "norm_2_relu")]
    again = [At(node=f"again/{name}") for name in ("norm", "conv", "norm_2", "conv_2", "norm_3", "conv_3", "norm_relu")]
    ends = (At(node="window"), At(node="linear_2"), At(node="summed"))
    once = ground(once, MOSS, *ends, grow=(34.0, 30.0, 20.0, 20.0))
    once = ground(once, BLUE, *first, title="Residual Component", grow=10.0)
    for name in ("norm_in", "norm", "norm_2"):
        once = ground(once, PINK, At(node=name), At(node=f"{name}_relu"), grow=5.0)
    for start, end in (("window", "linear"), ("window_2", "linear_2")):
        once = ground(once, ICE, At(node=start), At(node=end), grow=7.0)
    repeated = ground(repeated, MOSS, *again, At(node="again/elementwise"), grow=(60.0, 26.0, 9.0, 66.0))
    repeated = ground(repeated, BLUE, *again, title="Residual Component", grow=10.0)
    for name in ("again/norm", "again/norm_2", "again/norm_3"):
        repeated = ground(repeated, PINK, At(node=name), At(node=f"{name}_relu"), grow=5.0)
    closing = At(part="bracket", place=1).bounds(repeated)
    repeated = together(repeated, moved(formula("N - 1", 13.0), closing.right + 4.0, closing.top + 10.0))
    text = "What is in brackets is fed to itself, with $\\lambda$ from its least to its greatest value."
    repeated = noted(repeated, Note(text, At(part="bound"), "below", fill=STONE))
    head = beside(box_of_it, sign("="), legend("n_b = n_1 / 4"), gap=40.0)
    return plate(below(head, once, repeated, gap=24.0), "Residual block")


STAGES = {
    "x": Axis("x", "an image", "position"),
    "v": Axis("v", "half an image", "position", label="\\bar{x}/2"),
    "w": Axis("w", "a quarter of an image", "position", label="\\bar{x}/4"),
    "c": Axis("c", "colours", label="3"),
    "n": Axis("n", "channels", label="n_1"),
    "o": Axis("o", "channels", label="n_2"),
    "p": Axis("p", "channels", label="n_3"),
    "r": Axis("r", "channels", label="n_4"),
    "k": Axis("k", "classes", label="10"),
    "b": Axis("b", "images of a batch", "batch"),
}
BOXES = {"first": ("Block", "(1, N)"), "second": ("Block", "(2, N)"), "third": ("Block", "(2, N)")}
OVERALL = Look(
    doubled=("x", "v", "w"), order=("x", "v", "w", "c", "n", "o", "p", "r", "k", "b"), named=False, boxes=BOXES
)


def _stage(name: str, old: str, new: str) -> Circuit:
    return build(
        name,
        {"x": old},
        lambda x: host(x, function=name, spec=f"[{old}] -> [{new}]"),
        axes=STAGES,
        doc="A block of the network.",
    )


@circuit(axes=STAGES)
def identity_resnet(x: Wire["x c b"]) -> Wire["k b"]:
    """Chances of ten classes, from blocks that add to a stream and never touch it otherwise."""
    stem = conv(x, "c -> n", over="x", kernel=3, name="conv")
    first = call(_stage("one", "x n b", "x o b"), stem, name="first")
    second = call(_stage("two", "x o b", "v p b"), first, name="second")
    third = call(_stage("three", "v p b", "w r b"), second, name="third")
    ready = relu(batch_norm(third, channel="r", axes="b w", name="norm"), name="relu")
    pooled = global_avg_pool(ready, over="w", name="pool")
    return softmax(linear("r -> k", pooled, name="linear"), axis="k", name="chances")


def residual_network() -> Scene:
    """The residual network of boxes that the plate of the block defines."""
    named = definition(identity_resnet, "Identity ResNet", "(N = 3,\\ n_\\mu = [16, 64, 128, 256])", look=OVERALL)
    scene = drawn(identity_resnet, Detail(depth=0), Style(), OVERALL)
    scene = ground(scene, PINK, At(node="norm"), At(node="relu"), title="BatchNorm\n& Activate")
    scene = ground(scene, LAVENDER, At(node="pool"), title="Mean", grow=(7.0, 6.0, 7.0, 6.0))
    scene = ground(scene, BLUE, At(node="linear"), title="Linear")
    scene = ground(scene, GREEN, At(node="chances"), title="SoftMax")
    return plate(below(beside(named, sign("="), gap=30.0), scene, gap=16.0), "Identity ResNet")


LEVELS = 4
DOUBLE = "Double Convolution"
UNET = Look(doubled=("x",), order=("x", "c"), named=False, called={"d": "c", "u": "c", "w": "2c"})


POSITION = {"x": Axis("x", "an image", "position")}


@circuit(axes=POSITION)
def down(x: Wire["x[l] c[l-1]"]) -> dict[str, Wire]:
    """Two convolutions, kept for the way up, then half the resolution."""
    first = relu(conv(x, "c[l-1] -> d[l]", over="x[l]", kernel=3, name="conv"), name="relu")
    both = relu(conv(first, "d[l] -> c[l]", over="x[l]", kernel=3, name="conv_2"), name="relu_2")
    halved = max_pool(both, over="x[l]", kernel=2, out="x[l+1]", name="pool")
    return {"coarse": halved, "C[l]": both}


def _up() -> Circuit:
    def body(x: Wire, C: Wire) -> Wire:
        beside = concat(x, C, spec="u[5-l], c[5-l] -> w[5-l]", name="concat")
        first = relu(conv(beside, "w[5-l] -> d[5-l]", over="x[5-l]", kernel=3, name="conv"), name="relu")
        both = relu(conv(first, "d[5-l] -> c[5-l]", over="x[5-l]", kernel=3, name="conv_2"), name="relu_2")
        spread = linear("c[5-l] -> q u[4-l]", both, name="linear")
        return unwindow(spread, "x[5-l] q=2 -> x[4-l]", stride=2, padding=0, name="unwindow")

    return build(
        "up",
        {"x": "x[5-l] u[5-l]", "C[5-l]": "x[5-l] c[5-l]"},
        body,
        outputs=["x[4-l] u[4-l]"],
        axes={**POSITION, "q": Axis("q", "a window", label="2^2")},
        doc="Beside what was kept on the way down two convolutions, then twice the resolution.",
    )


@circuit(axes={**POSITION, "q": Axis("q", "a window", label="2^2"), "k": Axis("k", "classes", label="y")})
def unet(x: Wire["x[1] c[0]"]) -> Wire["x[1] k"]:
    """For every pixel a score of every class, from features of five resolutions."""
    coarse, *kept = repeat(down, x, times=LEVELS, start=1, name="down scale block")
    first = relu(conv(coarse, "c[4] -> d[5]", over="x[5]", kernel=3, name="conv"), name="relu")
    bottom = relu(conv(first, "d[5] -> c[5]", over="x[5]", kernel=3, name="conv_2"), name="relu_2")
    grown = unwindow(
        linear("c[5] -> q u[4]", bottom, name="linear"), "x[5] q=2 -> x[4]", stride=2, padding=0, name="unwindow"
    )
    fine = repeat(_up(), grown, *reversed(kept[1:]), times=LEVELS - 1, start=1, name="up scale block")
    return conv(fine, "u[1] -> k", over="x[1]", kernel=1, name="conv_3")


def u_net() -> Scene:
    """A U-Net in rows: the way down, the bottom, the way up and the scores."""
    named = definition(unet, "UNet", "\\mathrm{(with\\ padding)}", look=UNET)
    key = legend(
        "\\bar{\\mathbf{x}}_i = 512 * 2^{1-i}",
        Cases("c_i", (("1", "i = 0"), ("64 * 2^i", "\\mathrm{else}"))),
        "y = 2",
    )
    rows = drawn_rows(unet, Detail(), Style(), UNET, after=("down scale block", "unwindow", "up scale block"))
    path, up = "down scale block/", "up scale block/"
    for number, (inside, title) in enumerate(((path, DOUBLE), ("", DOUBLE), (up, ""))):
        pair = [At(node=inside + name) for name in ("conv", "relu", "conv_2", "relu_2")]
        rows[number] = ground(rows[number], PINK, *pair, title=title, grow=5.0)
    rows[2] = ground(rows[2], AMBER, At(node=f"{up}concat"), At(wire=f"{up}concat", part="dot"), grow=8.0)
    kept = At(node="down scale block.C[l]", part="glyph")
    taken, meets = At(node=f"{up}C[5-l]", part="glyph"), At(node=f"{up}concat")
    view = (
        "A concatenation is a view of a pair. It is linear, so it may share its column with other linear maps: "
        "here the wires $\\bar{\\mathbf{x}}$ meet at a dot."
    )
    rows[0] = noted(
        rows[0], Note("Every $C_\\lambda$ is kept in memory ...", kept, "right", away=92.0, width=120.0, near=True)
    )
    rows[2] = noted(
        rows[2],
        Note("... and taken up again.", taken, "below", away=40.0, near=True),
        Note(view, meets, "below", shift=190.0, away=44.0, width=290.0, fill=AMBER, near=True),
    )
    head = beside(named, sign("="), key, gap=40.0)
    return plate(below(head, *rows, gap=18.0), "U-Net")


FIGURES = {
    "digit_classifier": digit_classifier,
    "residual_block": residual_block,
    "residual_network": residual_network,
    "unet": u_net,
}
