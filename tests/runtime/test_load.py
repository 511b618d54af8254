import inspect
import sys
import traceback
from pathlib import Path

import pytest
import torch
from torch import nn

from runtime import ProgramError, load_program
from runtime.load import import_text, program_folder

PROGRAM = """
import torch
from torch import nn


class Inner(nn.Module):
    def forward(self, x):
        if x.ndim != 2:
            raise ValueError("no matrix here")
        return x + 1


class Outer(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Inner()

    def forward(self, x):
        return self.inner(x) * 2


class NoModule:
    pass
"""


def test_the_last_module_class_is_the_program(tmp_path: Path) -> None:
    model = load_program(PROGRAM, folder=tmp_path)()
    assert isinstance(model, nn.Module)
    assert model(torch.zeros(1, 1)).tolist() == [[2.0]]
    assert load_program(PROGRAM, "Inner", tmp_path)()(torch.zeros(1, 1)).tolist() == [[1.0]]


def test_tracebacks_and_inspect_show_the_source(tmp_path: Path) -> None:
    program = load_program(PROGRAM, folder=tmp_path)
    try:
        program()(torch.zeros(1))
    except ValueError:
        text = traceback.format_exc()
    assert 'raise ValueError("no matrix here")' in text and "return self.inner(x) * 2" in text
    assert inspect.getsource(program).startswith("class Outer(nn.Module):")


def test_the_same_text_is_the_same_module_and_file(tmp_path: Path) -> None:
    first = load_program(PROGRAM + "# a", folder=tmp_path)
    assert load_program(PROGRAM + "# a", folder=tmp_path) is first
    assert load_program(PROGRAM + "# b", folder=tmp_path) is not first
    assert len(list(tmp_path.glob("*.py"))) == 2
    assert not list(tmp_path.glob(".partial*"))


def test_a_file_that_was_changed_is_written_anew(tmp_path: Path) -> None:
    module = import_text(PROGRAM + "# c", tmp_path)
    file = Path(module.__file__ or "")
    file.write_text("raise SystemExit")
    del sys.modules[module.__name__]
    load_program(PROGRAM + "# c", folder=tmp_path)
    assert file.read_text() == PROGRAM + "# c"


def test_programs_lie_in_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    load_program(PROGRAM + "# d")
    assert program_folder() == tmp_path / "circuitloom" / "programs"
    assert len(list(program_folder().iterdir())) == 1
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert program_folder() == tmp_path / "home" / ".cache" / "circuitloom" / "programs"


def test_a_folder_that_cannot_be_written_is_replaced_by_a_temporary_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    program = load_program(PROGRAM + "# e", folder=tmp_path / "file")
    assert inspect.getsource(program).startswith("class Outer")


def test_text_that_does_not_import_is_an_error_and_leaves_no_module(tmp_path: Path) -> None:
    before = set(sys.modules)
    with pytest.raises(ProgramError) as caught:
        load_program("class A(\n", folder=tmp_path)
    assert set(sys.modules) == before
    (file,) = tmp_path.iterdir()
    expected = (
        f"program {file}: expected text that imports, found SyntaxError: '(' was never closed ({file.name}, line 1). "
    )
    assert str(caught.value) == expected + "Print it anew."


def test_a_program_without_the_class_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ProgramError) as caught:
        load_program(PROGRAM, "Outre", tmp_path)
    file = import_text(PROGRAM, tmp_path).__file__
    assert str(caught.value) == (
        f"program {file}: expected a module class 'Outre', found Inner, Outer. Define it. Did you mean 'Outer'?"
    )
    with pytest.raises(ProgramError, match=r"expected a class derived from nn.Module, found no module class\. "):
        load_program("from torch.nn import Linear\n", folder=tmp_path)
