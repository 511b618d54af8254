"""Values that documents of strangers may hold: what broke parsers before, and what would hang a careless one."""

from __future__ import annotations

from typing import Any

NUMBERS = (
    *(0, -1, 1, 2, 3, 64, 65, 1000, 10_000, 10**9, 10**17, 10**18, -(10**18), 2**63, 9**9**3),
    *(0.0, -0.0, 0.5, 1e308, 1e-300),
)
WORDS = (
    *("", " ", "'", "''", "x'", "x'" + "'" * 500, "x", "m", "n1", "n1.out", "n1.", ".", "in0", "out", "weight"),
    *("call", "repeat", "scan", "softmax", "nothing", "Opaque", "__class__", "../../etc/passwd"),
    *("__import__('os').system('true')", "{0.__class__}", "%s%n", "null", "inf", "nan", "NaN"),
    *("\x00", "\ud800", "a\u2028b", "é", "²", "x" * 79, "x" * 81, "x" * 201, "x" * 10_001, "x" * 100_001),
)
SIZES = (
    *("9**9**8", "9**9", "1//0", "x//(y-y)", "9" * 19, "-1", "x-x", "x//2//2//2//2", "x/2", "l[l[l[l]]]"),
    *("c[l-1]", "c[999999999999*l]", "(" * 40 + "x" + ")" * 40, "(" * 5000, "x**16*y**16*z**16"),
    *("(a+b+c+d+e+f)**9", "(a+b+c+d+e+f)**3//(a+b+c+d)**2", "a//b//c//d//e//f//g"),
    "+".join(f"v{number}" for number in range(300)),
)
EXPRESSIONS = (
    *("a ** b ** a ** b ** a ** b", "exp(exp(exp(exp(exp(a)))))", "9**9**9", "1e999", "0x" + "f" * 400),
    *("(" * 3000 + "a" + ")" * 3000, "-" * 3000 + "a", "not " * 1000 + "a", "a" + " + a" * 2000, "'" * 50),
    *(" + ".join(f"v{number}" for number in range(900)), "where(a, where(a, where(a, a, a), a), a)"),
    *("().__class__", "lambda: a", "size(9**9**8)", "size(x/0)", "size(", "a if a else a", "a.b", "a[0]"),
    "+".join(f"a{number}" for number in range(64)),
)
SPECS = (
    *("->", "-> ->", "m -> m", "m m -> k", "m -> k k", "m -> k=9**9**8", "m -> k=0", "m -> k=-3", "m -> k=k"),
    *("x=2 y=x z=y -> x", "a/1000000000000000 -> b", "c[l] -> c[l+1]", "x/0 -> y", "x, y, z", ", " * 30 + "-> m"),
    "m -> " + " ".join(f"k{number}" for number in range(300)),
    ", ".join(f"a{number}" for number in range(60)) + " ->",
    *("y=t x=t'", "y=t y=s", "y=", "=t", "y=t=s", "m=9**9**8"),
)
TYPES = (
    *("[", "]", "[[]]", "[x x]", "Natural(9**9**8)[x]", "Natural(" + "(" * 500 + ")" * 500 + ")[x]", "Natural()[x]"),
    *("Int(999999999999)[x]", "Int(²)[x]", "Index(x x)[x]", "Real" * 1000, "[x=9**9**8]", "[x=3]", "[x] in"),
    *("[x] in " + "in " * 500, "[x] in PoincareBall(" * 50, "Complex[]", "Bool[x]", "Natural(x)[x]", "Index(m)[]"),
    *("[" + " ".join(f"a{number}" for number in range(count)) + "]" for count in (64, 65, 5000)),
    "[" + " " * 7000 + "]",
)
SHAPES: tuple[Any, ...] = (
    *(None, True, False, [], {}, [[]], [None], {"": None}, ["x"] * 50, [1, "x", None], {"circuit": "x"}),
    *(list(range(5000)), {f"k{number}": number for number in range(500)}),
)
POOL: tuple[Any, ...] = (*NUMBERS, *WORDS, *SIZES, *EXPRESSIONS, *SPECS, *TYPES, *SHAPES)
