"""Typing of expressions: the kind each gives, and what is said where operands do not fit together."""

import pytest

from circuits.expressions import ExpressionError, Kind, element, parse_expression


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2", "Whole"),
        ("2.0", "Real"),
        ("size(k)", "Whole"),
        ("size(k) ** -0.5", "Real"),
        ("i + 1", "Whole"),
        ("i * j // 2 % 3", "Whole"),
        ("max(i, j, 0)", "Whole"),
        ("clip(abs(-i), 0, size(k))", "Whole"),
        ("i / j", "Real"),
        ("i ** 2", "Whole"),
        ("i ** -1", "Real"),
        ("i ** j", "Real"),
        ("exp(i)", "Real"),
        ("x + 1", "Real"),
        ("x * size(k)", "Real"),
        ("x * (2 * size(k) + 1)", "Real"),
        ("x * where(b, 1, -1)", "Real"),
        ("where(b, 1, -1)", "Whole"),
        ("i / 1 + x", "Real"),
        ("x ** 2", "Real"),
        ("x < 1", "Bool"),
        ("i == j", "Bool"),
        ("b == (x < y)", "Bool"),
        ("(i < 3) & b | ~b", "Bool"),
        ("isfinite(x)", "Bool"),
        ("where(b, b, i < j)", "Bool"),
        ("x * c + 1", "Complex"),
        ("exp(c) / 2", "Complex"),
        ("complex(x, 0)", "Complex"),
        ("conj(c) * c", "Complex"),
        ("abs(c)", "Real"),
        ("real(c) + imag(c) + angle(c)", "Real"),
        ("c == 0", "Bool"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    kinds = dict.fromkeys("xy", Kind.REAL) | dict.fromkeys("ij", Kind.WHOLE)
    assert element(parse_expression(text), {**kinds, "b": Kind.BOOL, "c": Kind.COMPLEX}) is Kind(kind)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 - (i + x)", "'i + x': expected operands of one kind, found i: Whole, x: Real. Cast 'i' to Real."),
        ("i * 0.5", "'i * 0.5': expected operands of one kind, found i: Whole, 0.5: Real. Cast 'i' to Real."),
        ("c * i", "'c * i': expected operands of one kind, found c: Complex, i: Whole. Cast 'i' to Complex."),
        ("max(x, i)", "'max(x, i)': expected operands of one kind, found x: Real, i: Whole. Cast 'i' to Real."),
        (
            "where(b, i + 1, x)",
            "'where(b, i + 1, x)': expected operands of one kind, found i + 1: Whole, x: Real. Cast 'i + 1' to Real.",
        ),
        (
            "x * (x > 0)",
            "'x * (x > 0)': expected Whole, Real or Complex, found x > 0: Bool. Use where(x > 0, 1.0, 0.0).",
        ),
        (
            "where(b, b, x)",
            "'where(b, b, x)': expected operands of one kind, found b: Bool, x: Real. "
            "Use where(...) to make a number of a truth value.",
        ),
        ("where(x, 1, 2)", "'where(x, 1, 2)': expected Bool, found x: Real. Compare it first, as in x != 0."),
        ("b & x", "'b & x': expected Bool, found x: Real. Compare it first, as in x != 0."),
        ("c < 1", "'c < 1': expected Whole or Real, found c: Complex. Use its real(...), imag(...) or abs(...)."),
        ("erf(c)", "'erf(c)': expected Whole or Real, found c: Complex. Use its real(...), imag(...) or abs(...)."),
        ("imag(x)", "'imag(x)': expected Complex, found x: Real. Use it on complex numbers only."),
        ("x + w", "'x + w': expected a kind for every operand, found none for w. Give the missing kinds."),
    ],
)
def test_what_does_not_fit(text: str, message: str) -> None:
    kinds = {"x": Kind.REAL, "i": Kind.WHOLE, "b": Kind.BOOL, "c": Kind.COMPLEX}
    with pytest.raises(ExpressionError) as caught:
        element(parse_expression(text), kinds)
    assert str(caught.value) == f"expression {message}"
