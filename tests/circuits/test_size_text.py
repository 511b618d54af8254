"""Texts of sizes: their normal form, every error in full, and limits that hold at once."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.sizes import Size, SizeError
from tests.in_time import in_time


@given(st.text("ab19'[]()+-*/ .=^ȳ", max_size=60))
def test_any_text_is_a_size_or_a_size_error(text: str) -> None:
    with in_time(0.1):
        try:
            size = Size.of(text)
        except SizeError as error:
            assert str(error).startswith("size '")
        else:
            assert Size.of(str(size)) == size


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("h * k", "h*k"),
        ("k*h*2*h", "2*h**2*k"),
        ("(x+2*p-d*(k-1)-1)//s+1", "(d-d*k+2*p+x-1)//s+1"),
        ("(x-1)//2+1", "(x+1)//2"),
        ("(x-3)//2+1", "(x-1)//2"),
        ("x//2+1", "x//2+1"),
        ("(2*x)//2", "x"),
        ("(x*d+r)//d", "x+r//d"),
        ("(x//2)//3", "x//6"),
        ("x//y//z", "x//(y*z)"),
        ("x//1", "x"),
        ("8*m//3", "8*m//3"),
        ("-x//2", "(-x)//2"),
        ("-(x//2)", "-(x//2)"),
        ("x-x//y", "x-x//y"),
        ("2*x//(4*y)", "x//(2*y)"),
        ("x*(y+1)//(y+1)", "x"),
        ("x//y*y", "y*(x//y)"),
        ("x//(y//2)", "x//(y//2)"),
        ("n*(n-1)//2", "(n**2-n)//2"),
        ("(a+b)**2-a**2-b**2", "2*a*b"),
        ("x**0", "1"),
        ("x-x", "0"),
        ("7//2", "3"),
        ("-7//2", "-4"),
        ("7//-2", "-4"),
        ("x''", "x"),
        ("x'*x", "x**2"),
        ("c[ l - 1 ]*c[1+1]'", "c[2]*c[l-1]"),
        ("2*x/2'-x//2*x+x/4", "2*(x/2)-x*(x//2)+x/4"),
        ("x/2//3+y//x/4//2+x/2**2", "(x/2)**2+(x/2)//3+y//(2*(x/4))"),
        ("y//x/4", "y//(x/4)"),
        ("c[l-1]/2'*c[l]/4", "(c[l-1]/2)*(c[l]/4)"),
        ("ȳ*x\u0304*λ", "x\u0304*ȳ*λ"),
        ("E*I*N*S*Q", "E*I*N*Q*S"),
    ],
)
def test_normal_form(text: str, normal: str) -> None:
    assert str(Size.of(text)) == normal
    assert Size.of(normal) == Size.of(text)
    assert repr(Size.of(text)) == (f"Size.of({normal!r})" if Size.of(text).names else f"Size.of({normal})")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a number, a name or '(', found the end. Complete it."),
        ("h*", "expected a number, a name or '(', found the end. Complete it."),
        ("(h", "expected an operator or ')', found the end. Complete it."),
        ("h)", "expected an operator or the end, found ')' at character 2. Check the brackets."),
        ("2h", "expected an operator or the end, found 'h' at character 2. Write * between factors."),
        ("x/y", "expected an operator or the end, found '/' at character 2. Write // for whole division."),
        ("x /2", "expected an operator or the end, found '/' at character 3. Write // for whole division."),
        ("x/2[l]", "expected an operator or the end, found '[' at character 4. Write the stride after the index."),
        ("1.5", "expected an operator or the end, found '.' at character 2. Sizes are whole numbers."),
        ("m = h", "expected an operator or the end, found '=' at character 3. Give one side of the equation."),
        (
            "x;y",
            "expected an operator or the end, found ';' at character 2. "
            "Use names, whole numbers, + - * // ** and brackets.",
        ),
        ("c[]", "expected a number, a name or '(', found ']' at character 3. Check the brackets."),
        ("c'[l]", "expected an operator or the end, found '[' at character 3. Write primes after the index."),
        ("x**-1", "expected a whole power from 0 to 16, found '-' at character 4. Write a number."),
        ("x**y", "expected a whole power from 0 to 16, found 'y' at character 4. Write a number."),
        ("x**17", "expected a whole power from 0 to 16, found 17. Use a smaller power."),
        ("x**9*x**9", "expected a whole power from 0 to 16, found 18. Use a smaller power."),
        ("x//(y-y)", "expected a divisor other than 0, found 0. Divide by a positive size."),
        ("9**9**8", "expected one power, found '**' at character 5. Use one power with a number."),
    ],
)
def test_texts_that_are_no_size(text: str, message: str) -> None:
    with pytest.raises(SizeError) as caught:
        Size.of(text)
    assert str(caught.value) == f"size '{text}': {message}"
    assert isinstance(caught.value, ValueError)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("9" * 19, "expected numbers of at most 18 digits, found one of 19. Use smaller numbers."),
        ("999999999999*x*999999999999", "expected numbers of at most 18 digits, found one of 24. Use smaller numbers."),
        ("9**16**16", "expected one power, found '**' at character 6. Use one power with a number."),
        ("((9**9)**9)**9", "expected numbers of at most 18 digits, found one of 26. Use smaller numbers."),
        ("x" * 501, "expected at most 500 characters, found 501. Name a part of it."),
        ("(" * 40 + "x" + ")" * 40, "expected at most 32 brackets in each other, found more. Name a part of it."),
        ("c[" * 40 + "l" + "]" * 40, "expected at most 32 brackets in each other, found more. Name a part of it."),
        (
            "(a+b+c+d+e+f+g+h)**16",
            "expected at most 256 terms, those inside divisions included, found more. "
            "Use fewer names or smaller powers.",
        ),
        (
            "((((x//y)**16+1)//y)**16+1)//y",
            "expected at most 256 terms, those inside divisions included, found more. "
            "Use fewer names or smaller powers.",
        ),
        (
            "a**16//(a+b+c+x)",
            "expected at most 256 terms, those inside divisions included, found more. "
            "Use fewer names or smaller powers.",
        ),
        ("__import__('os')", "expected an operator or the end, found '(' at character 11. Write * between factors."),
        (
            "\x00\n\ud800",
            "expected a number, a name or '(', found '\\x00' at character 1. "
            "Use names, whole numbers, + - * // ** and brackets.",
        ),
    ],
)
def test_hostile_texts_fail_at_once(text: str, message: str) -> None:
    with in_time(0.1), pytest.raises(SizeError) as caught:
        Size.of(text)
    assert str(caught.value).partition("': ")[2] == message
    assert len(str(caught.value)) < 300


def test_long_texts_of_all_operators_take_no_time() -> None:
    for text in ("+".join(["x"] * 250), "*".join(["2"] * 59), "x" + "//2" * 58, "-".join("abcdefgh" * 30)):
        with in_time(0.1):
            assert Size.of(str(Size.of(text))) == Size.of(text)
