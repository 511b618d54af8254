"""Every command, for people and as JSON; what goes wrong is told whole, and the exit status says it."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from circuits import REGISTRY, Circuit, Input, Node, Output, load, op_class, save
from circuits.types import ArrayType
from editor.cli import main
from gallery import entry, names
from runtime import Records
from tests.source_tree import ROOT

RUN = "import sys; from editor.cli import main; main(sys.argv[1:])"
SMALL = ("--steps", "2", "--set", "batch_size=8", "--set", "threads=1")


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    status: object
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as exactly one JSON document."""
        return json.loads(self.out)


Command = Callable[..., Outcome]


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str]) -> Command:
    """Runs a command in this process."""

    def run(*words: str) -> Outcome:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(words)
        return Outcome(ended.value.code, *capfd.readouterr())

    return run


def fresh(*words: str, code: str = RUN) -> "subprocess.CompletedProcess[str]":
    """Runs a command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code, *words], cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
    )


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A document with two problems: a wire from nowhere, and an op it does not get the axis of."""
    relu, softmax = op_class("relu")(), op_class("softmax")(axis="z")
    wire = "a." + relu.signature.outputs[0].name
    nodes = (Node("a", "a", relu, ("nowhere",)), Node("b", "b", softmax, ("x",)))
    path = tmp_path / "broken.circuit.json"
    save(Circuit("broken", (Input("x", ArrayType(axes=("m",))),), (Output("out", wire),), nodes), path)
    return path


def test_list_names_the_gallery(command: Command) -> None:
    found = command("list")
    assert (found.status, found.err) == (0, "")
    assert [line.split()[0] for line in found.out.splitlines()] == list(names())
    rows = command("list", "--json").document
    assert rows == [{"name": name, "title": entry(name).title} for name in names()]
    assert all(row["title"] for row in rows)


def test_list_ops_names_every_op(command: Command) -> None:
    assert [row["name"] for row in command("list", "--ops", "--json").document] == sorted(REGISTRY)
    assert len(command("list", "--ops").out.splitlines()) == len(REGISTRY)


def test_show_prints_a_line_a_node(command: Command, tmp_path: Path) -> None:
    found = command("show", "attention")
    assert found.out == f"{entry('attention').circuit}\n"
    document = command("show", "attention", "--json").document
    assert "\n".join(document["listing"]) + "\n" == found.out
    path = tmp_path / "again.circuit.json"
    path.write_text(json.dumps(document["document"]), encoding="utf-8")
    assert load(path) == entry("attention").circuit


def test_check_passes_a_sound_circuit(command: Command) -> None:
    found = command("check", "digit_classifier")
    assert (found.status, found.out, found.err) == (0, "digit_classifier: 6 nodes, no problems\n", "")
    assert command("check", "digit_classifier", "--json").document == {
        "ok": True,
        "name": "digit_classifier",
        "nodes": 6,
        "problems": [],
    }


def test_check_reports_every_problem(command: Command, broken: Path) -> None:
    expected = [str(problem) for problem in load(broken).problems]
    assert len(expected) >= 2
    found = command("check", str(broken))
    assert (found.status, found.out) == (1, "")
    assert found.err.splitlines() == expected
    as_json = command("check", str(broken), "--json")
    assert as_json.status == 1 and as_json.err == found.err
    assert as_json.document["ok"] is False
    assert [problem["text"] for problem in as_json.document["problems"]] == expected
    assert {problem["node"] for problem in as_json.document["problems"]} == {"a", "b"}


@pytest.mark.parametrize("words", [("build",), ("info",), ("train", "--data", "digits")])
def test_a_broken_circuit_is_not_used(command: Command, broken: Path, words: Sequence[str]) -> None:
    found = command(words[0], str(broken), *words[1:])
    assert (found.status, found.out) == (1, "")
    assert found.err.splitlines() == [str(problem) for problem in load(broken).problems]


@pytest.mark.parametrize(
    ("suffix", "start"),
    [
        ("svg", b"<svg"),
        ("pdf", b"%PDF"),
        ("png", b"\x89PNG"),
        ("tikz", b"%"),
        ("tex", b"\\documentclass"),
        ("dot", b"digraph"),
    ],
)
def test_draw_writes_every_format(command: Command, tmp_path: Path, suffix: str, start: bytes) -> None:
    path = tmp_path / f"drawing.{suffix}"
    document = command("draw", "attention", "-o", str(path), "--json").document
    assert document == {"path": str(path), "format": suffix, "bytes": path.stat().st_size}
    assert path.read_bytes().startswith(start)


def test_draw_labels_every_wire_and_draws_broken_circuits(command: Command, tmp_path: Path, broken: Path) -> None:
    path = tmp_path / "drawing.svg"
    assert command("draw", "multi_head_attention", "-o", str(path)).status == 0
    drawn = path.read_text(encoding="utf-8")
    assert all(f'data-axes="{axis}"' in drawn for axis in "ymxkh")
    assert command("draw", str(broken), "-o", str(path)).status == 0
    assert "? nowhere" in path.read_text(encoding="utf-8")


def test_build_prints_a_program(command: Command, tmp_path: Path) -> None:
    printed = command("build", "digit_classifier").out
    compile(printed, "printed", "exec")
    assert "torch.nn" in printed
    path = tmp_path / "program.py"
    document = command("build", "digit_classifier", "--target", "torch", "-o", str(path), "--json").document
    assert document == {
        "name": "DigitClassifier",
        "target": "torch",
        "lines": printed.count("\n"),
        "path": str(path),
    }
    assert path.read_text(encoding="utf-8") == printed
    assert command("build", "digit_classifier", "--json").document["source"] == printed


def test_info_counts_for_the_sizes_asked(command: Command) -> None:
    found = command("info", "digit_classifier", "--json").document
    assert found["total"]["parameters"] == 784 * 512 + 512 + 512 * 512 + 512 + 512 * 10 + 10
    smaller = command("info", "digit_classifier", "--size", "n=16", "-s", "o=8", "--json").document
    assert smaller["total"]["parameters"] == 784 * 16 + 16 + 16 * 8 + 8 + 8 * 10 + 10
    assert smaller["sizes"]["n"] == 16
    assert "669,706" in command("info", "digit_classifier").out


def test_train_reports_how_it_did(command: Command) -> None:
    words = ("train", "digit_classifier", "--data", "digits", "--seed", "3", *SMALL)
    found = command(*words, "--json")
    assert found.status == 0, found.err
    document = found.document
    assert {key: document[key] for key in ("circuit", "data", "seed", "steps", "finished")} == {
        "circuit": "digit_classifier",
        "data": "digits",
        "seed": 3,
        "steps": 2,
        "finished": True,
    }
    assert 0 <= document["test_accuracy"] <= 1 and document["test_loss"] > 0 and document["seconds"] > 0
    lines = dict(line.split(maxsplit=1) for line in command(*words).out.splitlines())
    assert lines["test_loss"] == f"{document['test_loss']:.4f}"


def test_a_stored_run_is_kept_and_taken_up(command: Command, tmp_path: Path) -> None:
    words = ("train", "digit_classifier", "--data", "digits", *SMALL, "--run", str(tmp_path / "run"), "--json")
    first, second = command(*words).document, command(*words).document
    assert second["test_loss"] == first["test_loss"]
    assert second["steps_per_second"] == 0  # it had taken all its steps


def test_a_stored_run_is_made_longer_where_that_is_accepted(command: Command, tmp_path: Path) -> None:
    words = ("train", "digit_classifier", "--data", "digits", *SMALL, "--run", str(tmp_path / "run"), "--json")
    assert command(*words).document["steps"] == 2
    refused = command(*words, "--steps", "3")
    assert refused.status == 1
    problem = (
        "resume, settings.steps: expected 2, found 3. Resume with the same, or accept 'steps' and give up equal bits."
    )
    assert problem in refused.out + refused.err
    wrong = command(*words, "--steps", "3", "--accept", "step")
    assert "accept: expected something to differ in (batch_size, " in wrong.out + wrong.err
    assert "found 'step'. Leave it out. Did you mean 'steps'?" in wrong.out + wrong.err
    longer = command(*words, "--steps", "3", "--accept", "steps").document
    assert (longer["steps"], longer["finished"]) == (3, True)
    (record,) = Records(tmp_path / "run" / "run.sqlite").runs()
    assert (record.status, record.step, record.total, record.settings["steps"]) == ("finished", 3, 3, 3)


def test_a_page_to_look_at_is_written(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    found = command("page", "attention", "-o", str(path), "--json").document
    assert found == {"path": str(path), "bytes": path.stat().st_size}
    assert "<h1>attention</h1>" in path.read_text(encoding="utf-8")


def test_a_file_is_trained_like_an_entry(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "mine.circuit.json"
    save(entry("digit_classifier").circuit, path)
    assert command("train", str(path), "--data", "digits", *SMALL, "--json").document["steps"] == 2


@pytest.mark.parametrize(
    ("words", "status", "lines"),
    [
        (("check", "digit_clasifier"), 1, ["Did you mean 'digit_classifier'?"]),
        (("show", "no/such.circuit.json"), 1, ["no/such.circuit.json: expected a file that can be read"]),
        (("check", "."), 1, ["expected a *.circuit.json file or one of attention"]),
        (
            ("draw", "attention", "-o", "a.jpg"),
            1,
            ["expected a file ending in .svg, .pdf, .png, .tikz, .tex, .dot, found 'a.jpg'"],
        ),
        (("draw", "attention", "-o", "no/a.svg"), 1, ["no/a.svg: expected a folder that exists, found no 'no'"]),
        (("build", "attention", "-o", "no/a.py"), 1, ["no/a.py: expected a folder that exists, found no 'no'"]),
        (("build", "attention", "-o", "tests"), 1, ["tests: expected the name of a file, found a folder"]),
        (("build", "attention", "--target", "tench"), 1, ["--target: expected a target (torch", "found 'tench'"]),
        (
            ("info", "digit_classifier", "-s", "q=1", "-s", "n"),
            1,
            ["--size: expected a size of digit_classifier (k, n, o, x, y, yx), found 'q'", "found 'n'"],
        ),
        (("info", "digit_classifier", "-s", "k=11"), 1, ["expected k = 11"]),
        (("train", "attention"), 1, ["train attention: expected data to train on (digits", "found none"]),
        (("train", "attention", "--data", "digits"), 1, ["found 3 inputs"]),
        (
            ("train", "digit_classifier", "--data", "dgits", "--set", "learn=3", "--set", "foo", "--steps", "0"),
            1,
            [
                "--set: expected name=value, found 'foo'",
                "settings.steps: expected a number of at least 1, found 0",
                "found 'learn'",
                "Did you mean 'digits'?",
            ],
        ),
        (("list", "--foo"), 2, ["No such option: --foo"]),
        (("draw", "attention"), 2, ["Missing option '-o'"]),
        (("train", "attention", "--steps", "many"), 2, ["--steps"]),
        (("nonsense",), 2, ["No such command 'nonsense'"]),
        (("edit", "nonsense", "--no-browser"), 1, ["found 'nonsense'"]),
        (("edit", "--store", "no://where", "--no-browser"), 1, ["store no://where: expected a usable database"]),
        (("serve",), 1, ["serve: expected one way to log in, found none. Give --users FILE, or --oauth NAME."]),
        (("page", "attention", "-o", "no/a.html"), 1, ["no/a.html: expected a folder that exists, found no 'no'"]),
    ],
)
def test_what_is_wrong_is_told_whole(
    command: Command, words: Sequence[str], status: int, lines: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    plain, as_json = command(*words), command(*words, "--json")
    assert (plain.status, plain.out, as_json.status) == (status, "", status)
    assert "Traceback" not in plain.err + as_json.err
    told = "\n".join(problem["text"] for problem in as_json.document["problems"])
    for line in lines:
        assert line in plain.err
        assert line in told


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[]", b'{"format": 9}', b"null"])
def test_files_that_are_no_documents(command: Command, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "bad.circuit.json"
    path.write_bytes(data)
    found = command("check", str(path), "--json")
    assert found.status == 1
    assert found.document["problems"]
    assert found.err.startswith("bad.circuit.json") and "Traceback" not in found.err


def test_a_fault_of_ours_is_one_line(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise KeyError("lost")

    monkeypatch.setattr("gallery.entries", fails)
    found = command("list")
    assert (found.status, found.out) == (1, "")
    assert found.err.count("\n") == 1 and "KeyError 'lost'. Please report it" in found.err


def test_help_is_there_for_every_command(command: Command) -> None:
    found = command("--help")
    assert found.status == 0
    for name in ("list", "show", "check", "draw", "build", "info", "train", "page", "edit", "serve"):
        assert f"\n  {name} " in found.out
        assert command(name, "--help").status == 0


def test_help_is_quick() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert fresh("--help").returncode == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5


@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("list",),
        ("show", "digit_classifier"),
        ("check", "digit_classifier"),
        ("build", "digit_classifier"),
    ],
)
def test_torch_and_panel_stay_out(words: Sequence[str]) -> None:
    code = (
        "import sys; from editor.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "finally: assert not {'torch', 'panel', 'bokeh'} & set(sys.modules), 'loaded'"
    )
    done = fresh(*words, code=code)
    assert done.returncode == 0, done.stderr


def test_a_reader_that_stops_is_no_traceback() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "list", "--ops", "--json"],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.wait(60) == 1
    assert process.stderr.read() == ""
    process.stderr.close()


@pytest.mark.timeout(90)
def test_edit_serves_at_the_next_free_port(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        store = str(tmp_path / "workspace.sqlite")
        words = ("edit", "attention", "--port", str(port), "--no-browser", "--store", store, "--json")
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, *words], cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True
        )
        try:
            assert process.stdout is not None
            document = json.loads("".join(iter(process.stdout.readline, "}\n")) + "}")
            assert document["port"] > port
            with urllib.request.urlopen(f"{document['address']}liveness", timeout=60) as answer:
                assert answer.status == 200
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
        finally:
            process.kill()
            process.communicate()
