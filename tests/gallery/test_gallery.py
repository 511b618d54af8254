"""Every entry of the gallery: sound, documented, interpreted, printed, drawn, saved."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from circuits import Circuit, CircuitloomError, dumps, initial, load, loads, run, save
from circuits.draw import Detail, draw
from codegen import build
from gallery import entry, names
from tests.codegen.verify import arrays

# Small enough to be quick; what a circuit fixes itself is left as it is.
SMALL = 4
ONE_LAYER = {"transformer": {"m": 8, "h": 2, "k": 4, "f": 8}}


def small_sizes(circuit: Circuit) -> dict[str, int]:
    """Sizes of the axes of the inputs where neither a default nor an equation says them."""
    named = {axis.rstrip("'") for item in circuit.inputs for axis in item.type.axes}
    bounds = {name for item in circuit.inputs if item.type.element.bound for name in item.type.element.bound.names}
    wanted = (named | bounds) & circuit.checked.free_names
    return dict.fromkeys(sorted(wanted - set(circuit.checked.defaults)), SMALL)


@pytest.mark.parametrize("name", names())
def test_entries_are_sound_and_documented(name: str) -> None:
    found = entry(name)
    circuit = found.circuit
    assert circuit.problems == ()
    assert circuit.name == found.name == name
    assert found.title and found.shows and circuit.source
    for one in circuit.definitions():
        assert one.source, one.name
    glossary = {axis.name: axis.doc for axis in circuit.axes}
    for item in circuit.inputs:
        assert all(glossary.get(axis.rstrip("'")) for axis in item.type.axes), item.name


@pytest.mark.parametrize("name", names())
def test_entries_are_interpreted(name: str) -> None:
    circuit = entry(name).circuit
    sizes = {**small_sizes(circuit), **ONE_LAYER.get(name, {})}
    inputs = arrays(circuit, circuit.checked.concrete(sizes), {})
    outcome = run(circuit, inputs, initial(circuit, sizes), sizes=sizes)
    assert list(outcome.outputs) == [output.name for output in circuit.outputs]
    assert all(np.isfinite(array).all() for array in outcome.outputs.values())


@pytest.mark.parametrize("name", names())
def test_programs_check_themselves(name: str, tmp_path: Path) -> None:
    path = build(entry(name).circuit).write(tmp_path / f"{name}.py")
    done = subprocess.run([sys.executable, path, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", names())
def test_entries_are_drawn_with_every_node(name: str, tmp_path: Path) -> None:
    circuit = entry(name).circuit
    drawn = draw(circuit, tmp_path / "drawing.svg", detail=Detail(depth=0)).read_text(encoding="utf-8")
    made = set(re.findall('data-wire="([^"]*)"', drawn))
    assert {item.name for item in circuit.inputs} <= made
    assert all(any(wire == node.name or wire.startswith(f"{node.name}.") for wire in made) for node in circuit.nodes)


@pytest.mark.parametrize("name", names())
def test_entries_are_saved_and_loaded(name: str, tmp_path: Path) -> None:
    circuit = entry(name).circuit
    path = tmp_path / f"{name}.circuit.json"
    save(circuit, path)
    assert load(path) == circuit
    assert dumps(loads(dumps(circuit))) == dumps(circuit)


def test_unknown_entries_are_refused_with_the_nearest() -> None:
    with pytest.raises(CircuitloomError, match=r"found 'unett'.*Did you mean 'unet'"):
        entry("unett")
