"""Windows and their transpose: what is read, padding, sizes, convolution against scipy, and every message."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from circuits import Size, build, einsum, reduce, run
from circuits.ops.windows import unwindow, window
from tests.circuits.gradients import check_vjp
from tests.circuits.laws import FEWER, Reading, Traced, check_literal, check_reading, numbers, passing, problems

LENGTHS = {"p": 2, "q": 3}
SMALL = st.integers(1, 3)
PADDINGS = st.sampled_from(["same", "causal", 0, 1, 2])


def _pads(padding: Any, span: int) -> tuple[int, int]:
    """What is read before and after the axis."""
    if padding == "same":
        return span // 2, span - span // 2
    return (span, 0) if padding == "causal" else (padding, padding)


@given(data=st.data(), k=SMALL, stride=SMALL, dilation=SMALL, padding=PADDINGS, fill=st.sampled_from([0.0, -np.inf]))
def test_windows_read_stride_y_plus_dilation_k(
    data: st.DataObject, k: int, stride: int, dilation: int, padding: Any, fill: float
) -> None:
    span = dilation * (k - 1)
    before, after = _pads(padding, span)
    least = max(1, span + 1 - before - after)
    x = data.draw(st.integers(least, least + 3))

    def source(at: Any) -> Any:
        place = stride * at["y"] + dilation * at["k"] - before
        return {"x": place} if 0 <= place < x else None

    reading = Reading(
        "x",
        {"x": x},
        lambda wire: window(wire, f"x -> y k={k}", stride=stride, dilation=dilation, padding=padding, fill=fill),
        source,
        fill=fill,
    )
    check_reading(reading, data.draw(passing("x")), LENGTHS)


@given(x=st.integers(1, 9), k=SMALL, stride=SMALL, dilation=SMALL, before=st.integers(-1, 3), after=st.integers(-1, 3))
def test_windows_are_as_many_as_fit(x: int, k: int, stride: int, dilation: int, before: int, after: int) -> None:
    span = dilation * (k - 1)
    fitting = [y for y in range(50) if stride * y + span - before < x + after]
    circuit = build(
        "count",
        {"x": "[x]"},
        lambda wire: window(wire, f"x -> y k={k}", stride=stride, dilation=dilation, before=before, after=after),
    ).valid()
    if not fitting:
        with pytest.raises(Exception, match="for one window of 'k'"):
            run(circuit, {"x": np.ones(x)})
    else:
        assert run(circuit, {"x": np.ones(x)}).only.shape == (len(fitting), k)


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_same_and_causal_keep_the_axis(k: int) -> None:
    for padding in ("same", "causal"):
        circuit = build("kept", {"x": "[b x]"}, lambda x, padding=padding: window(x, f"x -> x k={k}", padding=padding))
        assert str(circuit.valid().checked.type(circuit.outputs[0].wire)) == "[b x k]"
        assert run(circuit, {"x": np.ones((2, 5))}).only.shape == (2, 5, k)


def test_same_padding_puts_the_odd_element_behind() -> None:
    circuit = build("even", {"x": "[t]"}, lambda x: window(x, "t -> t w=2", padding="same")).valid()
    np.testing.assert_array_equal(run(circuit, {"x": np.array([1.0, 2.0, 3.0])}).only, [[1, 2], [2, 3], [3, 0]])


def test_a_causal_window_sees_no_later_element() -> None:
    circuit = build("past", {"x": "[t]"}, lambda x: window(x, "t -> t w=3", padding="causal", dilation=2)).valid()
    np.testing.assert_array_equal(
        run(circuit, {"x": np.arange(1.0, 5.0)}).only, [[0, 0, 1], [0, 0, 2], [0, 1, 3], [0, 2, 4]]
    )


def test_sizes_of_windows_are_the_exact_equation() -> None:
    circuit = build(
        "sizes", {"x": "[x]"}, lambda x: window(x, "x -> y k", stride="s", dilation="d", padding="p")
    ).valid()
    assert circuit.checked.size("y") == Size.of("(x+2*p-d*(k-1)-1)//s+1")
    halved = build("halved", {"x": "[x=28]"}, lambda x: window(x, "x -> x/2 k=3", stride=2, padding=1)).valid()
    assert halved.checked.size("x/2") == 14
    assert run(circuit, {"x": np.ones(7)}, sizes={"k": 3, "s": 2, "d": 1, "p": 1}).only.shape == (4, 3)


@FEWER
@given(data=st.data(), y=SMALL, k=SMALL, stride=SMALL, dilation=SMALL, padding=st.integers(0, 1))
def test_unwindow_adds_every_element_where_its_window_reads(
    data: st.DataObject, y: int, k: int, stride: int, dilation: int, padding: int
) -> None:
    span, spare = dilation * (k - 1), data.draw(st.integers(0, stride - 1))
    length = (y - 1) * stride + span + 1 - 2 * padding + spare
    if length < max(1, span + 1 - 2 * padding):
        return
    over, sizes = data.draw(passing("y k")), {**LENGTHS, "y": y, "k": k}
    circuit = build(
        "add",
        {"x": f"[{' '.join(over)}]"},
        lambda x: unwindow(x, "y k -> x", stride=stride, dilation=dilation, padding=padding, output_padding=spare),
        outputs=[f"[{' '.join((*(axis for axis in over if axis in 'pq'), 'x'))}]"],
    ).valid()
    array = numbers(over, sizes)
    lifted = np.moveaxis(array, (over.index("y"), over.index("k")), (-2, -1))
    expected = np.zeros((*lifted.shape[:-2], length))
    for row, step in itertools.product(range(y), range(k)):
        place = stride * row + dilation * step - padding
        if 0 <= place < length:
            expected[..., place] += lifted[..., row, step]
    np.testing.assert_allclose(run(circuit, {"x": array}).only, expected, rtol=1e-12)
    check_literal(Traced(circuit, {"x": array}))
    check_vjp(circuit, {"x": array})


@given(x=st.integers(1, 7), k=SMALL, stride=SMALL, dilation=SMALL, padding=PADDINGS, seed=st.integers(0, 99))
def test_unwindow_is_the_transpose_of_window(
    x: int, k: int, stride: int, dilation: int, padding: Any, seed: int
) -> None:
    span = dilation * (k - 1)
    if x + sum(_pads(padding, span)) < span + 1:
        return
    words = {"stride": stride, "dilation": dilation, "padding": padding}

    def body(u: Any, v: Any) -> dict[str, Any]:
        there = window(u, f"x -> y k={k}", **words)
        back = unwindow(v, "y k -> x", **words, output_padding=None)
        return {"there": einsum("y k, y k ->", there, v), "back": einsum("x, x ->", u, back)}

    y = (x + sum(_pads(padding, span)) - span - 1) // stride + 1
    circuit = build("adjoint", {"u": f"[x={x}]", "v": f"[y={y} k]"}, body).valid()
    generator = np.random.default_rng(seed)
    found = run(circuit, {"u": generator.normal(size=x), "v": generator.normal(size=(y, k))})
    np.testing.assert_allclose(found["there"], found["back"], rtol=1e-9, atol=1e-12)


def test_a_window_and_an_einsum_are_a_convolution() -> None:
    def body(x: Any, w: Any) -> Any:
        rows = window(x, "y -> a i=3")
        return einsum("a b i j, i j -> a b", window(rows, "x -> b j=2"), w)

    circuit = build("conv", {"x": "[y x]", "w": "[i j]"}, body).valid()
    generator = np.random.default_rng(0)
    x, w = generator.normal(size=(6, 5)), generator.normal(size=(3, 2))
    np.testing.assert_allclose(run(circuit, {"x": x, "w": w}).only, signal.correlate2d(x, w, "valid"), rtol=1e-12)
    check_vjp(circuit, {"x": x, "w": w})


def test_a_maximum_over_windows_ignores_what_lies_outside() -> None:
    circuit = build(
        "pool",
        {"x": "[b x]"},
        lambda x: reduce("max", window(x, "x -> x/2 k=3", stride=2, padding=1, fill=-np.inf), axes="k"),
    ).valid()
    x = np.array([[-5.0, -3.0, -4.0, -1.0, -2.0]])
    np.testing.assert_array_equal(run(circuit, {"x": x}).only, [[-3.0, -1.0, -1.0]])
    check_vjp(circuit, {"x": x})


def test_windows_take_every_element_and_keep_tags() -> None:
    circuit = build("kept", {"x": "Natural(5)[t] in Words"}, lambda x: window(x, "t -> y k=2", padding=1, fill=4))
    assert str(circuit.valid().checked.type(circuit.outputs[0].wire)) == "Natural(5)[y k] in Words"
    np.testing.assert_array_equal(run(circuit, {"x": np.array([1, 2])}).only, [[4, 1], [1, 2], [2, 4]])


@pytest.mark.parametrize(
    ("function", "text", "message"),
    [
        (
            lambda x: window(x, "t -> s k=3"),
            "[t=2]",
            "f/window (window): expected at most 2, found 3 (elements 't' needs for one window of 'k'). Enlarge the "
            "axis, or lower the bound.",
        ),
        (
            lambda x: window(x, "t -> t k=3"),
            "[t=4]",
            "f/window (window): expected t = 4 ('k' is given as 3 at f/window (window); axis 't' is declared as 4 at "
            "f), found 2 ('t' counts windows of 't'). Make the sizes equal, or give one axis another name.",
        ),
        (
            lambda x: window(x, "t -> s k=3", fill=0.5),
            "Natural(4)[t]",
            "f/window (window): expected a fill that is Natural(4), found 0.5. Use 0, or cast the array first.",
        ),
        (
            lambda x: window(x, "t -> s k=3", fill=-np.inf),
            "Bool[t]",
            "f/window (window): expected a fill that is Bool, found -inf. Use 0, or cast the array first.",
        ),
        (
            lambda x: unwindow(x, "y k -> x"),
            "Bool[y k]",
            "f/unwindow (unwindow): expected Real or Complex windows to add, found Bool. Cast it.",
        ),
        (
            lambda x: window(x, "t -> s", stride=2),
            "[t]",
            "window (window): expected a window axis and a kernel axis on the right of 't -> s', found "
            "'s'. Name these two.",
        ),
        (
            lambda x: window(x, "t -> s k=3", stride=0),
            "[t]",
            "window (window): expected a stride of at least 1, found 0. Use a positive size.",
        ),
        (
            lambda x: window(x, "t -> s k=3", dilation=-1),
            "[t]",
            "window (window): expected a dilation of at least 1, found -1. Use a positive size.",
        ),
        (
            lambda x: unwindow(x, "y k -> x", stride=2, output_padding=2),
            "[y k]",
            "unwindow (unwindow): expected output_padding from 0 to below the stride 2, found 2. Change one of them.",
        ),
        (
            lambda x: unwindow(x, "y -> x"),
            "[y k]",
            "unwindow (unwindow): expected a window axis and a kernel axis on the left of 'y -> x', found "
            "'y'. Name these two.",
        ),
    ],
)
def test_problems_say_what_is_wrong(function: Any, text: str, message: str) -> None:
    assert problems(function, x=text) == [message]
