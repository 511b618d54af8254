"""The command line: one document in, one thing done, exit status 0 only on success.

Torch and panel load slowly, so the modules that need them are imported at the door of the commands that use them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    help="Draw a neural network as a typed circuit, print it as PyTorch, train it, put it into a paper.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Name = Annotated[str, typer.Argument(metavar="C", help="A *.circuit.json file or the name of a gallery circuit.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]


class Failed(Exception):
    """A command that failed: lines for standard error."""

    def __init__(self, *lines: str) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))


@contextmanager
def _reported() -> Iterator[None]:
    """Turn expected errors into lines on standard error and exit status 1."""
    from circuits import CircuitloomError

    try:
        yield
    except (CircuitloomError, Failed, OSError) as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from error


def _circuit(name: str) -> Any:
    """The circuit in a file, or of the gallery."""
    from circuits import load
    from gallery import entry

    path = Path(name)
    return load(path) if path.suffix == ".json" or path.exists() else entry(name).circuit


def _valid(circuit: Any) -> Any:
    """The circuit, if it has no problems; else all of them."""
    if circuit.problems:
        raise Failed(*(str(problem) for problem in circuit.problems))
    return circuit


def _emit(document: object) -> None:
    print(json.dumps(document, indent=2, ensure_ascii=False))


def _sizes(pairs: list[str]) -> dict[str, int]:
    """Read `m=64` options."""
    sizes = {}
    for pair in pairs:
        name, equals, number = pair.partition("=")
        if not equals or not number.isdigit():
            raise Failed(f"--size {pair}: expected name=number, found '{pair}'. Write for example --size m=64.")
        sizes[name] = int(number)
    return sizes


SizeOptions = Annotated[list[str], typer.Option("--size", "-s", help="A size, such as m=64; may be given often.")]


@app.command("list")
def list_(as_json: AsJson = False, ops: Annotated[bool, typer.Option("--ops", help="List the ops.")] = False) -> None:
    """List the gallery, or the ops, one line each."""
    from circuits import REGISTRY
    from gallery import entries

    with _reported():
        if ops:
            rows = {name: (kind.__doc__ or "").partition("\n")[0] for name, kind in sorted(REGISTRY.items())}
        else:
            rows = {entry.name: entry.title for entry in entries()}
        if as_json:
            _emit([{"name": name, "title": title} for name, title in rows.items()])
            return
        width = max(map(len, rows))
        for name, title in rows.items():
            print(f"{name:<{width}}  {title}")


@app.command()
def show(name: Name, as_json: AsJson = False) -> None:
    """Print a circuit, one line a node, with types."""
    from circuits import to_document

    with _reported():
        circuit = _circuit(name)
        if as_json:
            _emit({"name": circuit.name, "listing": str(circuit).splitlines(), "document": to_document(circuit)})
        else:
            print(circuit)


@app.command()
def check(name: Name, as_json: AsJson = False) -> None:
    """Check a circuit and report every problem."""
    with _reported():
        circuit = _circuit(name)
        problems = circuit.problems
        if as_json:
            _emit({"name": circuit.name, "ok": not problems, "problems": [_problem(one) for one in problems]})
        for problem in problems:
            print(problem, file=sys.stderr)
        if not problems and not as_json:
            count = sum(len(one.nodes) for one in circuit.definitions())
            print(f"{circuit.name}: {count} nodes, no problems")
        if problems:
            raise typer.Exit(1)


def _problem(problem: Any) -> dict[str, Any]:
    names = ("where", "expected", "found", "fix", "node", "port", "axis")
    return {"text": str(problem), **{name: getattr(problem, name) for name in names}}


@app.command()
def draw(
    name: Name,
    output: Annotated[Path, typer.Option("-o", "--output", help="File to draw into: svg, pdf, png, dot.")],
    as_json: AsJson = False,
) -> None:
    """Draw a circuit into a file."""
    from circuits.draw import draw as draw_circuit

    with _reported():
        path = draw_circuit(_circuit(name), output)
        _said(as_json, {"path": str(path), "bytes": path.stat().st_size}, f"drew {path}")


@app.command()
def build(
    name: Name,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to print into.")] = None,
    target: Annotated[str, typer.Option(help="What to print: torch.")] = "torch",
    as_json: AsJson = False,
) -> None:
    """Print a circuit as a program."""
    from codegen import build as build_program

    with _reported():
        program = build_program(_valid(_circuit(name)), target=target)
        if output is not None:
            output.write_text(program.source)
            lines = program.source.count("\n")
            _said(as_json, {"path": str(output), "lines": lines, "target": target}, f"wrote {output} ({lines} lines)")
        elif as_json:
            _emit({"target": target, "source": program.source})
        else:
            print(program.source, end="")


def _said(as_json: bool, document: object, text: str) -> None:
    if as_json:
        _emit(document)
    else:
        print(text)


@app.command()
def info(name: Name, size: SizeOptions = [], as_json: AsJson = False) -> None:  # noqa: B006
    """Print what a circuit costs: parameters, operations, bytes and memory of activations."""
    from circuits import costs

    with _reported():
        table = costs(_valid(_circuit(name)), _sizes(size))
        if as_json:
            _emit(table.to_json())
        else:
            print(table)


@app.command()
def train(
    name: Name,
    data: Annotated[str, typer.Option(help="What to train on; see the README.")] = "",
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    steps: Annotated[int | None, typer.Option(help="Number of steps.")] = None,
    option: Annotated[list[str], typer.Option("--set", help="A setting, such as learning_rate=1e-3.")] = [],  # noqa: B006
    run: Annotated[Path | None, typer.Option(help="Folder of the run; an interrupted one is resumed.")] = None,
    as_json: AsJson = False,
) -> None:
    """Train a circuit on data that needs no download, and report how well it does on held-out data."""
    from .training import train_circuit

    with _reported():
        result = train_circuit(
            name, _circuit(name), data, seed=seed, steps=steps, options=option, folder=run, quiet=as_json
        )
        if as_json:
            _emit(result)
        else:
            for key, value in result.items():
                print(f"{key:<16}{value:.4f}" if isinstance(value, float) else f"{key:<16}{value}")


@app.command()
def edit(
    name: Annotated[str, typer.Argument(metavar="[C]", help="A circuit to open.")] = "digit_classifier",
    port: Annotated[int, typer.Option(help="Port to serve on; the next free one if it is taken.")] = 5006,
    browser: Annotated[bool, typer.Option(help="Open a browser if there is one.")] = True,
) -> None:
    """Serve the editor page on this machine."""
    from .server import serve

    with _reported():
        _circuit(name)
        serve(name, port=port, browser=browser)


def main() -> None:
    """The command `circuitloom`."""
    app()
