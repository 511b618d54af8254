"""A circuit for every primitive op."""

from __future__ import annotations

import circuits as c
from circuits import Wire, elementwise

from .cases import Case


def _symmetric(x: Wire) -> Wire:
    """A positive definite matrix [n n'] made of any."""
    twin = c.rename(c.rename(x, "n -> r"), "r n' -> n' q")
    gram = c.einsum("n q, n' q -> n n'", c.rename(x, "n' -> q"), twin)
    return gram + elementwise("where(i == j, 1.0, 0.0)", c.iota("n"), c.iota("n'"), outer=True)


def _composed(values: Wire, vectors: Wire) -> dict[str, Wire]:
    """Eigenvalues and the matrix they make with the eigenvectors, whose signs are anybody's choice."""
    twins = c.rename(vectors, "n -> n'")
    return {"values": values, "matrix": c.einsum("n e, e, n' e -> n n'", vectors, values, twins)}


def _product(u: Wire, s: Wire, v: Wire) -> Wire:
    """A matrix of its singular values and vectors."""
    return c.einsum("y s, s, n s -> y n", u, s, v)


def _scatter(kind: str) -> Case:
    inputs = {"x": "[b t a]", "i": "Natural(n)[t a]"}
    return Case(inputs, lambda x, i: c.scatter(x, i, axis="t a", into="n", kind=kind))


def _cumulative(name: str, reverse: bool, exclusive: bool) -> Case:
    op = getattr(c, name)
    return Case({"x": "[t a]"}, lambda x: op(x, axis="t", reverse=reverse, exclusive=exclusive))


ABC = {"x": "[a b c]"}

PRIMITIVES: dict[str, Case] = {
    # views
    "split": Case({"x": "[a c b]"}, lambda x: c.split(x, "c -> p=2 q")),
    "split_three": Case({"x": "[a t]"}, lambda x: c.split(x, "t -> p=1 q=3 r")),
    "merge_inner": Case(ABC, lambda x: c.merge(x, "b c -> bc")),
    "merge_swapped": Case(ABC, lambda x: c.merge(x, "c a -> ca")),
    "merge_one": Case(ABC, lambda x: c.merge(x, "b -> e")),
    "rename": Case({"x": "[a b]"}, lambda x: c.rename(x, "a b -> a' e")),
    "permute": Case(ABC, lambda x: c.permute(x, axes="c a")),
    "slice": Case({"x": "[t a]"}, lambda x: c.slice(x, "t -> s", start=1, stop="t-1")),
    "slice_step": Case({"x": "[a t]"}, lambda x: c.slice(x, "t -> s", start=-4, step=2)),
    "slice_to": Case({"x": "[a t]"}, lambda x: c.slice(x, "t -> s", stop=2)),
    "index": Case(ABC, lambda x: c.index(x, axis="b", at=1)),
    "index_last": Case(ABC, lambda x: c.index(x, axis="c", at=-1)),
    "index_named": Case(ABC, lambda x: c.index(x, axis="c", at="c-2")),
    "flip": Case(ABC, lambda x: c.flip(x, axis="b")),
    "roll": Case(ABC, lambda x: c.roll(x, axis="b", shift=-1)),
    "roll_named": Case(ABC, lambda x: c.roll(x, axis="c", shift="c//2")),
    "pad": Case(ABC, lambda x: c.pad(x, "b -> e", before=2, after=1, value=0.5)),
    "pad_apart": Case({"x": "[a b]"}, lambda x: c.pad(x, "a -> e", before=1, after=2, step=3, value=-1.0)),
    "pad_new": Case({"x": "[a]"}, lambda x: c.pad(x, "-> e", before=1, after=2)),
    "pad_infinite": Case({"x": "[a]"}, lambda x: c.pad(x, "a -> e", before=1, value=float("-inf"))),
    "diagonal": Case({"x": "[n a n']"}, lambda x: c.diagonal(x, "n n' -> n")),
    "diagonal_three": Case({"x": "[n a n' n'']"}, lambda x: c.diagonal(x, "n n' n'' -> n")),
    "embed_diagonal": Case({"x": "[n a]"}, lambda x: c.embed_diagonal(x, "n -> n n'")),
    "embed_diagonal_three": Case({"x": "[a n]"}, lambda x: c.embed_diagonal(x, "n -> n n' n''")),
    # joining
    "concat": Case({"x": "[a b]", "y": "[a c]"}, lambda x, y: c.concat(x, y, spec="b, c -> e")),
    "concat_middle": Case({"x": "[a b c]"}, lambda x: c.concat(x, elementwise("-x", x), spec="b, b -> e")),
    "concat_lacking": Case({"x": "[a b]", "y": "[c]"}, lambda x, y: c.concat(x, y, spec="b, c -> e")),
    "unconcat": Case({"x": "[t a]"}, lambda x: dict(zip("pq", c.unconcat(x, "t -> p=2, q"), strict=True))),
    "stack": Case({"x": "[a b]", "y": "[b]"}, lambda x, y: c.stack(x, y, elementwise("x * 2", x), axis="s")),
    "unstack": Case({"x": "[a b c]"}, lambda x: c.unstack(x, axis="b", count=3)[1]),
    "unstack_one": Case({"x": "[a d]"}, lambda x: c.unstack(x, axis="d", count=1)[0], {"d": 1}),
    # by position
    "gather_table": Case({"x": "[v a]", "i": "Natural(v)[b t]"}, lambda x, i: c.gather(x, i, axis="v")),
    "gather_aligned": Case({"x": "[b v a]", "i": "Natural(v)[t b]"}, lambda x, i: c.gather(x, i, axis="v")),
    "scatter_sum": Case({"x": "[t a]", "i": "Natural(n)[t]"}, lambda x, i: c.scatter(x, i, axis="t", into="n")),
    "scatter_constant": Case(
        {"x": "[t a]"},
        lambda x: c.scatter(
            x, c.constant((0, 2, 1, 2, 0, 0), axes="t", element="Index(n)"), axis="t", into="n"
        ),
    ),
    "one_hot": Case({"i": "Natural(v)[t]"}, lambda i: c.one_hot(i, into="v")),
    "sort": Case(ABC, lambda x: dict(zip("vp", c.sort(x, axis="b"), strict=True))),
    "sort_descending": Case({"x": "Int(8)[t a]"}, lambda x: c.sort(x, axis="t", descending=True)[0]),
    "topk": Case({"x": "[t a]"}, lambda x: dict(zip("vp", c.topk(x, axis="t", into="k=2"), strict=True))),
    "topk_least": Case({"x": "Int(8)[a t]"}, lambda x: c.topk(x, axis="t", into="k=4", largest=False)[1]),
    "argsort": Case(ABC, lambda x: c.sort(x, axis="c")[1]),
    "arg": Case(ABC, lambda x: c.arg("max", x, axis="b")),
    # windows
    "window": Case({"x": "[t a]"}, lambda x: c.window(x, "t -> w k=3")),
    "window_dilated": Case({"x": "[a x]"}, lambda x: c.window(x, "x -> w k=3", stride=2, dilation=2, padding="same")),
    "window_filled": Case({"x": "[x]"}, lambda x: c.window(x, "x -> w k=2", before=1, after=0, fill=-1.5)),
    "unwindow": Case({"x": "[t k a]"}, lambda x: c.unwindow(x, "t k -> w", stride=2, padding=1)),
    "unwindow_dilated": Case(
        {"x": "[a t k]"}, lambda x: c.unwindow(x, "t k -> w", stride=2, dilation=3, output_padding=1), {"k": 2}
    ),
    # sources
    "constant_number": Case({"x": "[a]"}, lambda x: x * c.constant(0.1)),
    "constant_array": Case({"x": "[a]"}, lambda x: x * c.constant((0.1, 0.2), axes="a")),
    "constant_matrix": Case({}, lambda: c.constant(((1.0, 2.0), (3.0, 4.0), (5.0, 0.1)), axes="b a")),
    "constant_filled": Case({"x": "[a b]"}, lambda x: x + c.constant(0.1, axes="b")),
    "constant_zeros": Case({"x": "[a b]"}, lambda x: x + c.constant(0.0, axes="b")),
    "constant_bool": Case({}, lambda: c.constant((1, 0, 1), axes="b", element="Bool")),
    "iota": Case({"x": "[a t]"}, lambda x: elementwise("x * i", x, c.cast(c.iota("t")))),
    "parameter": Case({"x": "[a b]"}, lambda x: x * c.parameter(axes="b", name="scale")),
    "parameter_bare": Case({"x": "[a b]"}, lambda x: x * c.parameter(axes="b", label="", name="scale")),
    "parameter_eye": Case({}, lambda: c.parameter(axes="a n n'", init="eye", scale=2.0, trainable=False, name="w")),
    "parameter_fan": Case({}, lambda: c.parameter(axes="a n", init="uniform", scale=3.0, fan="n t", name="w")),
    "cast_real": Case({"i": "Int(8)[a]"}, lambda i: c.cast(i)),
    "cast_bool": Case({"x": "[a]"}, lambda x: c.cast(elementwise("floor(x)", x), element="Bool")),
    "cast_whole": Case({"x": "[a b]"}, lambda x: c.cast(elementwise("x * 3", x), element="Int(16)")),
    "cast_complex": Case({"x": "[a b]"}, lambda x: c.cast(x, element="Complex")),
    "stop_gradient": Case({"x": "[a]"}, lambda x: x + c.stop_gradient(x)),
    "training": Case({"x": "[a]"}, lambda x: elementwise("where(t, x, 2 * x)", c.training(), x)),
    # algebra
    "cholesky": Case({"x": "[a n n']"}, lambda x: c.cholesky(_symmetric(x), axes="n n'")),
    "inverse": Case({"x": "[n n']"}, lambda x: c.inverse(_symmetric(x), axes="n n'")),
    "solve": Case({"x": "[n n']", "b": "[n a]"}, lambda x, b: c.solve(_symmetric(x), b, axes="n n'")),
    "solve_transposed": Case(
        {"x": "[a n n']", "b": "[n']"}, lambda x, b: c.solve(x, b, axes="n n'", transpose=True)
    ),
    "triangular_solve": Case({"x": "[n n']", "b": "[n a]"}, lambda x, b: c.triangular_solve(x, b, axes="n n'")),
    "triangular_solve_upper": Case(
        {"x": "[a n n']", "b": "[n']"},
        lambda x, b: c.triangular_solve(x, b, axes="n n'", lower=False, transpose=True, unit=True),
    ),
    "cholesky_solve": Case(
        {"x": "[n n']", "b": "[n]"},
        lambda x, b: c.cholesky_solve(c.cholesky(_symmetric(x), axes="n n'"), b, axes="n n'"),
    ),
    "slogdet": Case({"x": "[a n n']"}, lambda x: dict(zip("sl", c.slogdet(x, axes="n n'"), strict=True))),
    "logdet": Case({"x": "[n n']"}, lambda x: c.logdet(x, axes="n n'")),
    "eigh": Case({"x": "[n a n']"}, lambda x: _composed(*c.eigh(_symmetric(x), "n n' -> e"))),
    "svd": Case({"x": "[a y n]"}, lambda x: c.svd(x, "y n -> s")[1]),
    "svd_product": Case(
        {"x": "[y n]"},
        lambda x: _product(*c.svd(x, "y n -> s")),
    ),
    "fft": Case({"x": "[t a]"}, lambda x: c.fft(x, axis="t")),
    "fft_two": Case({"x": "[a t b]"}, lambda x: elementwise("real(z)", c.ifft(c.fft(x, axis="t b"), axis="b t"))),
    "rfft": Case({"x": "[a t b]"}, lambda x: c.rfft(x, "t -> f")),
    "irfft": Case({"x": "[a t]"}, lambda x: c.irfft(c.rfft(x, "t -> f"), "f -> t")),
    "complex": Case({"z": "Complex[a b]", "x": "[b]"}, lambda z, x: c.einsum("b, b ->", z, x)),
    # reductions
    "reduce_prod": Case(ABC, lambda x: c.reduce("prod", x, axes="a c")),
    "reduce_any": Case({"x": "Bool[a b]"}, lambda x: c.reduce("any", x, axes="a")),
    "reduce_mean": Case(ABC, lambda x: c.reduce("mean", x, axes="c a")),
    "reduce_whole": Case({"x": "Int(8)[a b]"}, lambda x: c.reduce("sum", x, axes="a")),
}  # fmt: skip
PRIMITIVES |= {f"scatter_{kind}": _scatter(kind) for kind in ("mean", "max", "min")}
PRIMITIVES |= {
    f"{name}{'_reverse' * reverse}{'_exclusive' * exclusive}": _cumulative(name, reverse, exclusive)
    for name in ("cumsum", "cumprod", "cummax")
    for reverse in (False, True)
    for exclusive in (False, True)
}
