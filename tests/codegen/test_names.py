"""Names of circuits as Python identifiers."""

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from codegen.targets.torch.reserved import RESERVED
from codegen.writing.names import Names, class_name, identifier, is_attribute


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("x", "x"),
        ("x'", "x_twin"),
        ("x''", "x_twin_twin"),
        ("x/2", "x_by_2"),
        ("c[l]", "c_l"),
        ("c[l-1]", "c_l_minus_1"),
        ("c[2*l+1]", "c_2_times_l_plus_1"),
        ("lambda", "lambda_"),
        ("l", "l_"),
        ("self", "self_"),
        ("range", "range_"),
        ("1st try", "n_1st_try"),
        ("", "value"),
        ("β", "β"),
        ("!", "value"),
    ],
)
def test_names_read_like_what_they_name(name: str, expected: str) -> None:
    assert identifier(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("multi_head_attention", "MultiHeadAttention"),
        ("MLP", "MLP"),
        ("2d_conv", "N2dConv"),
        ("none", "ModuleNone"),
        ("x'", "XTwin"),
    ],
)
def test_classes_are_in_camel_case(name: str, expected: str) -> None:
    assert class_name(name) == expected


@given(st.text(max_size=12))
def test_any_text_gives_an_identifier(name: str) -> None:
    for found in (identifier(name), class_name(name)):
        assert found.isidentifier() and not keyword.iskeyword(found)


def test_a_name_is_given_once() -> None:
    names = Names(["x"])
    assert [
        names.fresh("x"),
        names.fresh("y"),
        names.fresh("x"),
        names.fresh("Layer", ""),
        names.fresh("Layer", ""),
    ] == [
        "x_2",
        "y",
        "x_3",
        "Layer",
        "Layer2",
    ]


def test_attributes_keep_the_name_or_are_none() -> None:
    assert is_attribute("query") and is_attribute("β")
    assert not any(map(is_attribute, ("x'", "class", "a.b", "__x", "ﬁ")))


def test_no_attribute_of_a_module_is_missing() -> None:
    module = nn.Module()
    own = {name for name in dir(module) if not (name.startswith("__") and name.endswith("__"))}
    assert own <= RESERVED
