"""Names and sizes that convolutions give to axes, their weights, and every message."""

from typing import Any

import numpy as np
import pytest

from circuits import BindingError, Wire, build, call, initial, parameters, run
from circuits.ops.conv import conv
from circuits.rewrites.inline import inline
from circuits.rewrites.lift_parameters import lift_parameters
from circuits.rewrites.rename_axes import rename_axes
from circuits.rewrites.reverse import reverse
from tests.circuits.laws import problems
from tests.circuits.ops.against_torch import one_op, randoms


@pytest.mark.parametrize(
    ("how", "axes", "count"),
    [
        ({}, "b d y x", "x"),
        ({"kernel": "1 5"}, "b d y x", "x"),
        ({"padding": 1}, "b d y x", "x"),
        ({"kernel": 5, "dilation": 2, "padding": "causal"}, "b d y x", "x"),
        ({"stride": 2}, "b d y/2 x/2", "(x+1)//2"),
        ({"stride": "1 3", "kernel": 4}, "b d y x/3", "(x+2)//3"),
        ({"stride": 4, "kernel": 4, "padding": "valid"}, "b d y/4 x/4", "x//4"),
        ({"padding": 0, "out": "v u"}, "b d v u", "x-2"),
        ({"kernel": "k", "padding": "valid", "out": "v u"}, "b d v u", "x-k+1"),
        ({"kernel": "k"}, "b d y x", "x"),
        ({"out": "y x'"}, "b d y x'", "x"),
        ({"stride": 2, "groups": 2}, "b d y/2 x/2", "(x+1)//2"),
    ],
)
def test_names_and_sizes_of_the_new_axes(how: dict[str, Any], axes: str, count: str) -> None:
    circuit = one_op("[b c y x]", lambda x: conv(x, "c -> d", over="y x", **how))
    found = circuit.checked.type(circuit.outputs[0].wire)
    assert found.axes == tuple(axes.split())
    assert str(circuit.checked.size(found.axes[-1])) == count


def test_strides_multiply_and_twins_keep_their_primes() -> None:
    def body(x: Wire) -> Wire:
        half = conv(x, "c -> d", over="x'", stride=2)
        return conv(half, "d -> e", over="x/2'", stride=2)

    circuit = build("f", {"x": "[c x x']"}, body).valid()
    assert circuit.checked.type(circuit.outputs[0].wire).axes == ("e", "x/4'", "x")
    assert str(circuit.checked.size("x/4'")) == "(x+3)//4"


@pytest.mark.parametrize(
    ("how", "axes", "shape", "fan"),
    [
        ({}, ("d", "c", "k3", "k3'"), (6, 4, 3, 3), 36),
        ({"kernel": "3 5"}, ("d", "c", "k3", "k5"), (6, 4, 3, 5), 60),
        ({"groups": 2}, ("d", "c/2", "k3", "k3'"), (6, 2, 3, 3), 18),
        ({"kernel": "k"}, ("d", "c", "k", "k'"), (6, 4, 7, 7), 196),
    ],
)
def test_weights_have_the_layout_and_start_of_torch(
    how: dict[str, Any], axes: tuple[str, ...], shape: tuple[int, ...], fan: int
) -> None:
    circuit = one_op("[c y x]", lambda x: conv(x, "c -> d=6", over="y x", **how))
    found = parameters(circuit, {"c": 4, "k": 7} if "k" in axes else {"c": 4})
    weight, bias = found["conv.weight"], found["conv.bias"]
    assert (weight.axes, weight.shape, weight.fan) == (axes, shape, fan)
    assert (bias.axes, bias.shape, bias.fan) == (("d",), (6,), fan)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"padding": 0}, "a name for 'x' of the new size x-2, found none. Name the new axes with out=."),
        ({"stride": 0}, "a whole number of at least 1 as stride, found '0'. Change the stride."),
        ({"dilation": "1.5"}, "a whole number of at least 1 as dilation, found '1.5'. Change the dilation."),
        ({"kernel": "2 3"}, "one kernel, or one for each of 'x', found '2 3'. Write as many as there are axes."),
        ({"kernel": 0}, "a kernel that is a number of at least 1 or a name, found '0'. Change the kernel."),
        ({"kernel": "2*k"}, "a kernel that is a number of at least 1 or a name, found '2*k'. Change the kernel."),
        (
            {"padding": "full"},
            "a padding that is 'same', 'valid', 'causal' or a whole number, found 'full'. Change the padding.",
        ),
        (
            {"padding": -1},
            "a padding that is 'same', 'valid', 'causal' or a whole number, found '-1'. Change the padding.",
        ),
        ({"over": "c"}, "other axes in over= than the channels, found 'c' in both. Name it once."),
        ({"over": ""}, "at least one axis in over=, found none. Name the axes with over=."),
        ({"spec": "c"}, "a spec such as 'c -> d', found 'c'. Write one '->'."),
        (
            {"spec": "c -> c"},
            "different axes on both sides of 'c -> c', found 'c' twice. "
            "Give the produced axis another name, or a twin.",
        ),
        (
            {"spec": "c=6 -> d", "groups": 4},
            "groups that divide 'c', found 4 groups of 6. Change the groups or the channels.",
        ),
        (
            {"spec": "c -> d=6", "groups": 4},
            "groups that divide 'd', found 4 groups of 6. Change the groups or the channels.",
        ),
        (
            {"spec": "c e -> d", "groups": 2},
            "one channel axis on each side with groups, found 'c e -> d'. Merge the channel axes first.",
        ),
        ({"out": "u v"}, "a name for each of 'x', found out='u v'. Name all or none."),
        (
            {"padding": 0, "out": "x'"},
            "a new name for 'x', found 'x''. Its size becomes x-2: give it another name in out=.",
        ),
    ],
)
def test_attributes_that_make_no_convolution(how: dict[str, Any], message: str) -> None:
    found = problems(lambda x: conv(x, **{"spec": "c -> d", "over": "x", **how}), x="[c x]")
    assert found == [f"conv (conv): expected {message}"]


@pytest.mark.parametrize(
    ("type", "how", "messages"),
    [
        ("[c x]", {"over": "y"}, ["expected an axis 'y' at 'x', found [c x]. Rename an axis or add 'y'."]),
        ("[e x]", {}, ["expected an axis 'c' at 'x', found [e x]. Rename an axis or add 'c'."]),
        (
            "[c=6 x]",
            {"groups": 4},
            [
                "expected c = 6 (axis 'c' is declared as 6 at f), found 4*(c/4) ('c' is split into g*c/4). "
                "Make the sizes equal, or give one axis another name."
            ],
        ),
        (
            "[c=5 x]",
            {"spec": "c=3 -> d"},
            [
                "expected c = 5 (axis 'c' is declared as 5 at f), found 3 (axis 'c' of 'conv' is 3). "
                "Make the sizes equal, or give one axis another name."
            ],
        ),
        (
            "[c x x/2]",
            {"stride": 2},
            [
                "expected a produced axis 'x/2' that no input carries, found 'x/2' passing over 'conv'. "
                "The two would be joined into one axis: rename one of them, or use a twin."
            ],
        ),
        (
            "[c k3=5 x]",
            {},
            [
                "expected k3 = 5 (axis 'k3' is declared as 5 at f), found 3 (axis 'k3' of 'conv' is 3). "
                "Make the sizes equal, or give one axis another name."
            ],
        ),
        ("Bool[c x]", {}, ["expected Real at 'x', found Bool. Cast it, or change its type."]),
    ],
)
def test_arrays_that_do_not_fit(type: str, how: dict[str, Any], messages: list[str]) -> None:
    found = problems(lambda x: conv(x, **{"spec": "c -> d", "over": "x", **how}), x=type)
    assert found == [f"f/conv (conv): {message}" for message in messages]


def test_a_kernel_larger_than_the_axis_is_told_at_once_or_when_the_size_is_known() -> None:
    def body(x: Wire) -> Wire:
        return conv(x, "c -> d=1", over="x", kernel=5, padding=1, out="u")

    message = "expected at most 4, found 5 ({}). Enlarge the axis, or lower the bound."
    (found,) = problems(body, x="[c x=2]")
    why = found.partition("found 5 (")[2].partition(")")[0]
    assert "'x'" in why and "'k5'" in why
    assert found == "f/conv (conv): " + message.format(why)
    state = {"conv.weight": randoms((1, 3, 5)), "conv.bias": randoms((1,))}
    circuit = build("f", {"x": "[c x]"}, body).valid()
    assert run(circuit, {"x": randoms((3, 3))}, state).only.shape == (1, 1)
    with pytest.raises(BindingError) as caught:
        run(circuit, {"x": randoms((3, 2))}, state)
    assert str(caught.value).splitlines()[-1] == "f/conv (conv): " + message.format(why)


def test_strided_axes_of_a_circuit_follow_the_axis_they_are_mapped_to() -> None:
    half = build("half", {"x": "[c x]"}, lambda x: conv(x, "c -> d=3", over="x", stride=2, name="conv"))

    def body(a: Wire, b: Wire) -> tuple[Wire, Wire]:
        return call(half, a, axes="x=t"), call(half, b, axes="x=x/2")

    both = build("both", {"a": "[c t]", "b": "[c x/2]"}, body).valid()
    assert [str(both.checked.type(item.wire)) for item in both.outputs] == ["[d t/2]", "[d x/4]"]
    assert str(both.checked.size("t/2")) == "(t+1)//2" and str(both.checked.size("x/4")) == "(x/2+1)//2"
    state = initial(both, {"c": 2, "t": 5, "x/2": 4})
    arrays = {"a": randoms((2, 5)), "b": randoms((2, 4), 1)}
    lifted = lift_parameters(both)
    plain, flat = run(both, arrays, state), run(inline(lifted.circuit), arrays | lifted.inputs(state))
    for name, array in plain.outputs.items():
        np.testing.assert_allclose(flat[name], array, rtol=1e-12)
    assert [array.shape for array in plain.outputs.values()] == [(3, 3), (3, 2)]


def test_a_kernel_whose_size_is_a_name_is_renamed_with_it_and_padding_is_not() -> None:
    circuit = build(
        "f", {"x": "[c x]"}, lambda x: conv(x, "c -> d=2", over="x", kernel="k", name="conv"), sizes={"k": 3}
    )
    renamed = rename_axes(circuit, {"k": "j", "x": "t", "same": "e"}).valid()
    assert str(renamed.checked.type(renamed.outputs[0].wire)) == "[d t]"
    assert parameters(renamed, {"c": 4})["conv.weight"].axes == ("d", "c", "j")


def test_a_new_name_for_an_unchanged_size_can_be_reversed() -> None:
    circuit = one_op("[c x]", lambda x: conv(x, "c -> d=2", over="x", kernel=1, out="u"))
    back = reverse(circuit, ["x"])
    weight, slope = randoms((2, 3, 1)), randoms((2, 4), 1)
    found = run(back, {"x": randoms((3, 4)), "d_out": slope}, {"conv.weight": weight, "conv.bias": np.zeros(2)})
    np.testing.assert_allclose(found["d_x"], weight[..., 0].T @ slope, rtol=1e-12)
