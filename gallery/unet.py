"""A U-Net that finds discs in noisy images.

Axes: y[l] rows and x[l] columns at level l, c[l] and d[l] channels there; every level halves the image.
"""

from circuits import (
    Axis,
    Circuit,
    Wire,
    build,
    circuit,
    concat,
    conv,
    conv_transposed,
    linear,
    max_pool,
    relu,
    rename,
    repeat,
)

from .entry import Entry

SOURCE = "Ronneberger, Fischer & Brox (2015), U-Net: Convolutional Networks for Biomedical Image Segmentation"
LEVELS = 4
WIDTHS = {f"{kind}[{level}]": 4 * 2**level for level in range(1, LEVELS + 2) for kind in "cdu"}


@circuit(source=SOURCE)
def down(x: Wire["c[l-1] y[l-1] x[l-1]"]) -> dict[str, Wire]:
    """Two convolutions, kept for the way up, then half the resolution."""
    first = relu(conv(x, "c[l-1] -> d[l]", over="y[l-1] x[l-1]", kernel=3, name="first_map"))
    kept = relu(conv(first, "d[l] -> c[l]", over="y[l-1] x[l-1]", kernel=3, name="second_map"))
    halved = max_pool(kept, over="y[l-1] x[l-1]", kernel=2, out="y[l] x[l]")
    return {"coarse": halved, "skip[l]": kept}


def _up() -> Circuit:
    def body(x: Wire, skip: Wire) -> Wire:
        grown = conv_transposed(
            x, "c[6-l] -> u[5-l]", over="y[5-l] x[5-l]", kernel=2, stride=2, padding=0, out="y[4-l] x[4-l]", name="grow"
        )
        beside = concat(grown, skip, spec="u[5-l], c[5-l] -> w[5-l]")
        first = relu(conv(beside, "w[5-l] -> d[5-l]", over="y[4-l] x[4-l]", kernel=3, name="first_map"))
        return relu(conv(first, "d[5-l] -> c[5-l]", over="y[4-l] x[4-l]", kernel=3, name="second_map"))

    return build(
        "up",
        {"x": "c[6-l] y[5-l] x[5-l]", "skip[5-l]": "c[5-l] y[4-l] x[4-l]"},
        body,
        outputs=["c[5-l] y[4-l] x[4-l]"],
        doc="Twice the resolution, beside what was kept on the way down, then two convolutions.",
        source=SOURCE,
    )


up = _up()


@circuit(
    sizes={"y": 32, "x": 32, "c": 1, **WIDTHS},
    axes={
        "y": Axis("y", "rows of the image", "position"),
        "x": Axis("x", "columns of the image", "position"),
        "c": "colours",
    },
    source=SOURCE,
)
def unet(image: Wire["c y x"]) -> Wire["y x"]:
    """For every pixel a score of lying inside, from features of four resolutions."""
    fine = rename(image, "c y x -> c[0] y[0] x[0]", name="top")
    coarse, *kept = repeat(down, fine, times=LEVELS, start=1, name="down")
    first = relu(conv(coarse, "c[4] -> d[5]", over="y[4] x[4]", kernel=3, name="bottom_first"))
    bottom = relu(conv(first, "d[5] -> c[5]", over="y[4] x[4]", kernel=3, name="bottom_second"))
    grown = repeat(up, bottom, *reversed(kept), times=LEVELS, start=1, name="up")
    return rename(linear("c[1] ->", grown, name="score"), "y[0] x[0] -> y x", name="mask")


ENTRY = Entry(
    unet,
    "Rounds of a repetition differ in size by an index; what is kept at a level is taken up again on the way back.",
    data="discs",
    settings={"steps": 300, "batch_size": 16, "learning_rate": 3e-3},
)
