"""A multilayer perceptron that tells handwritten digits apart.

Axes: y rows, x columns, yx pixels, n first and o second hidden layer, k digits.
"""

from circuits import Axis, Wire, circuit, linear, merge, relu

from .entry import Entry


@circuit(
    sizes={"n": 512, "o": 512, "y": 28, "x": 28},
    axes={
        "y": Axis("y", "rows of the image", "position"),
        "x": Axis("x", "columns of the image", "position"),
        "yx": "pixels",
        "n": "features of the first hidden layer",
        "o": "features of the second hidden layer",
        "k": "digits",
    },
    source="Abbott (2024), Neural Circuit Diagrams, figure 1; LeCun et al. (1998)",
)
def digit_classifier(image: Wire["y x"]) -> Wire["k=10"]:
    """Scores of the ten digits for an image, from two hidden layers over all its pixels."""
    pixels = merge(image, "y x -> yx")
    first = relu(linear("yx -> n", pixels, name="first_map"))
    second = relu(linear("n -> o", first, name="second_map"))
    return linear("o -> k", second, name="logits")


ENTRY = Entry(
    digit_classifier,
    "Two axes flattened into one, learned maps, rectifiers: the smallest complete network.",
    data="mnist",
    settings={"steps": 600, "batch_size": 64, "learning_rate": 1e-3},
)
