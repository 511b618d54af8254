"""A character language model with a long short-term memory.

Axes: t positions, v characters, m embedding, n memory cells.
"""

from circuits import Axis, Wire, circuit, embedding, linear, lstm

from .entry import Entry


@circuit(
    sizes={"v": 103, "m": 64, "n": 192, "t": 64},
    axes={
        "t": Axis("t", "positions in the text", "position"),
        "v": "characters of the vocabulary",
        "m": "features of a character",
        "n": "memory cells",
    },
    source="Hochreiter & Schmidhuber (1997), Long Short-Term Memory",
)
def lstm_language_model(tokens: Wire["Natural(v)[t]"]) -> Wire["t v"]:
    """Scores of the next character, from a state carried along the text."""
    vectors = embedding(tokens, "v -> m", name="table")
    hidden, _, _ = lstm(vectors, "t m -> n", name="memory")
    return linear("n -> v", hidden, name="logits")


ENTRY = Entry(
    lstm_language_model,
    "A scan carries the state of a cell along the axis of positions.",
    data="text",
    settings={"steps": 400, "batch_size": 16, "learning_rate": 3e-3},
)
