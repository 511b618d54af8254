"""A program stands on its own, checks itself, and is written whole."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from circuits import (
    AttributeProblem,
    Circuit,
    CircuitError,
    Wire,
    build,
    call,
    dropout,
    embedding,
    layer_norm,
    linear,
    random,
    reduce,
    repeat,
    softmax,
)
from codegen import build as print_program
from codegen.check import make_check
from gallery import entries
from tests.codegen.test_ops import CASES
from tests.codegen.verify import assert_formatted, double_precision, load


def small() -> Circuit:
    layer = build("layer", {"x": "[m]"}, lambda x: layer_norm(x, axes="m", name="norm"))

    def body(tokens: Wire) -> Wire:
        hidden = repeat(layer, embedding(tokens, "v -> m", name="table"), times=2)
        return softmax(linear("m -> k", dropout(hidden, rate=0.1), name="logits"), axis="k")

    return build(
        "classifier",
        {"tokens": "Natural(v)[t]"},
        body,
        sizes={"v": 11, "m": 8, "k": 3},
        axes={"t": "tokens", "m": "features", "k": "classes"},
        doc='Scores of tokens, as "probabilities".\n\nA \\small example.',
        source="Somebody et al. (2020)",
    )


def test_header_tells_what_it_is() -> None:
    source = print_program(small()).source
    assert ast.get_docstring(ast.parse(source)) == (
        'Scores of tokens, as "probabilities".\n\nA \\small example.\n\nSource: Somebody et al. (2020)\n\n'
        "Axes:\n    t  tokens\n    m  features\n    k  classes"
    )


def test_sizes_are_arguments_with_the_circuits_defaults() -> None:
    source = print_program(small()).source
    assert "def __init__(self, *, v: int = 11, m: int = 8, k: int = 3) -> None:" in source
    other = print_program(small(), sizes={"m": 16}).source
    assert "def __init__(self, *, v: int = 11, m: int = 16, k: int = 3) -> None:" in other


def run_file(path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-I", path, *words], capture_output=True, text=True, check=False)


def test_a_program_checks_itself_away_from_us(tmp_path: Path) -> None:
    path = print_program(small()).write(tmp_path / "model.py")
    done = run_file(path, "--check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split()[0] == "out" and done.stdout.split()[-1] == "ok"
    wrong = path.read_text(encoding="utf-8").replace("self.norm(x)", "self.norm(x) * 1.000001")
    path.write_text(wrong, encoding="utf-8")
    done = run_file(path, "--check")
    assert (done.returncode, done.stdout.split()[-1]) == (1, "DIFFERS")
    shown = run_file(path)
    assert shown.returncode == 0 and shown.stdout.startswith("Classifier(")


def test_programs_import_torch_and_the_standard_library_only() -> None:
    allowed = {"torch", *sys.stdlib_module_names}
    for circuit in (small(), *(entry.circuit for entry in entries())):
        for node in ast.walk(ast.parse(print_program(circuit).source)):
            if isinstance(node, ast.Import):
                assert all(alias.name.partition(".")[0] in allowed for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert (node.module or "").partition(".")[0] in allowed


def test_programs_pass_ruff_unchanged(tmp_path: Path) -> None:
    sources = [print_program(circuit).source for circuit in (small(), *(entry.circuit for entry in entries()))]
    sources += [print_program(case.circuit(name)).source for name, case in CASES.items()]
    assert_formatted(sources, tmp_path)


@pytest.mark.parametrize("name", [entry.name for entry in entries()])
def test_gallery_programs_check_themselves(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    circuit = next(entry.circuit for entry in entries() if entry.name == name)
    check = make_check(circuit)
    assert check is not None and all(output.numbers for output in check.outputs)
    kind = load(print_program(circuit))
    with double_precision():
        assert kind.forward.__globals__["check"]()
    assert "DIFFERS" not in capsys.readouterr().out


def test_draws_leave_nothing_to_compare_but_shapes() -> None:
    circuit = build(
        "noisy", {"x": "[m]"}, lambda x: {"noise": x + random(x, kind="normal"), "sum": reduce("sum", x, axes="m")}
    )
    check = make_check(circuit)
    assert check is not None
    assert [output.numbers for output in check.outputs] == [(), ()]
    with double_precision():
        assert load(print_program(circuit)).forward.__globals__["check"]()


def test_sizes_of_a_check_obey_all_constraints() -> None:
    inner = build("inner", {"x": "[m]"}, lambda x: x * 2, constraints=["m = 6*h"])
    circuit = build("outer", {"x": "[t m]"}, lambda x: call(inner, x))
    check = make_check(circuit)
    assert check is not None and check.inputs[0].shape[1] % 6 == 0


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text("mine", encoding="utf-8")
    program = print_program(small())
    assert program.write(path) == path
    assert path.read_text(encoding="utf-8") == program.source == str(program)
    assert [item.name for item in tmp_path.iterdir()] == ["model.py"]
    with pytest.raises(OSError):
        program.write(tmp_path / "missing" / "model.py")


def test_an_unknown_target_names_the_nearest() -> None:
    with pytest.raises(AttributeProblem) as caught:
        print_program(small(), target="touch")
    assert str(caught.value) == "expected a target (torch), found 'touch'. Name one of them. Did you mean 'torch'?"


def test_a_size_that_is_none_of_the_circuits_names_the_nearest() -> None:
    with pytest.raises(AttributeProblem) as caught:
        print_program(build("scaled", {"x": "[t width]"}, lambda x: x * 2), sizes={"widht": 3})
    assert str(caught.value) == (
        "expected a size of 'scaled' (t, width), found 'widht'. Name one of them. Did you mean 'width'?"
    )


def test_a_size_that_follows_from_others_stays_what_it_is() -> None:
    circuit = build("c", {"x": "[m]"}, lambda x: linear("m -> k", x), sizes={"m": 4}, constraints=["k = 2*m"])
    assert print_program(circuit, sizes={"m": 5, "k": 10}).source == print_program(circuit, sizes={"m": 5}).source


def test_a_circuit_with_problems_is_not_printed() -> None:
    with pytest.raises(CircuitError, match="expected an axis 'z'"):
        print_program(build("broken", {"x": "[m]"}, lambda x: softmax(x, axis="z")))
