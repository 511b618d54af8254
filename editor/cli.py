"""The command line: one circuit in, one thing done, exit status 0 only on success.

Torch and panel load slowly, so what needs them is imported at the door of the commands that use it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
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

Name = Annotated[str, typer.Argument(metavar="C", help="A *.circuit.json file, or the name of a gallery circuit.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]


def _circuit(name: str) -> Any:
    """The circuit of the gallery or in a file."""
    from .opening import open_entry

    return open_entry(name).circuit


def _emit(as_json: bool, document: object, text: object) -> None:
    """Print the document, or the text."""
    print(json.dumps(document, indent=2, ensure_ascii=False) if as_json else text)


def _remark(problem: object) -> None:
    """Print what is worth knowing beside what was asked for."""
    print(problem, file=sys.stderr)


@app.command("list")
def list_(ops: Annotated[bool, typer.Option("--ops", help="List the ops.")] = False, as_json: AsJson = False) -> None:
    """List the gallery, or the ops, one line each."""
    from circuits import REGISTRY
    from gallery import entries

    if ops:
        rows = {name: (kind.__doc__ or "").partition("\n")[0] for name, kind in sorted(REGISTRY.items())}
    else:
        rows = {entry.name: entry.title for entry in entries()}
    width = max(map(len, rows))
    lines = [f"{name:<{width}}  {title}" for name, title in rows.items()]
    _emit(as_json, [{"name": name, "title": title} for name, title in rows.items()], "\n".join(lines))


@app.command()
def show(name: Name, as_json: AsJson = False) -> None:
    """Print a circuit with its types, one line a node."""
    from circuits import to_document

    circuit = _circuit(name)
    text = str(circuit)
    _emit(
        as_json,
        {"name": circuit.name, "listing": text.splitlines(), "document": to_document(circuit)} if as_json else None,
        text,
    )


@app.command()
def check(name: Name, as_json: AsJson = False) -> None:
    """Check a circuit and report every problem."""
    circuit = _circuit(name).valid()
    count = sum(len(one.nodes) for one in circuit.definitions())
    document = {"ok": True, "name": circuit.name, "nodes": count, "problems": []}
    _emit(as_json, document, f"{circuit.name}: {count} nodes, no problems")


@app.command()
def draw(
    name: Name,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="F", help="A file .svg, .pdf, .png, .tikz, .tex or .dot.")
    ],
    paper: Annotated[
        str, typer.Option(help="Room: screen, column, page, slide or poster; narrow ones break it into rows.")
    ] = "screen",
    theme: Annotated[str, typer.Option(help="Colours: light, dark, grey or colour-blind.")] = "light",
    dialect: Annotated[str, typer.Option(help="Habits: d24 (as drawn by hand) or d26 (formal).")] = "d24",
    depth: Annotated[int | None, typer.Option(help="How many levels of used circuits are opened.")] = None,
    budget: Annotated[int, typer.Option(help="How many nodes a picture may show.")] = 40,
    opened: Annotated[
        list[str] | None, typer.Option("--open", help="A path, circuit or op to open; may be repeated.")
    ] = None,
    closed: Annotated[list[str] | None, typer.Option("--close", help="One to keep closed; may be repeated.")] = None,
    sizes: Annotated[bool, typer.Option(help="Write default sizes at inputs.")] = False,
    fences: Annotated[bool, typer.Option(help="Draw the grounds of blocks.")] = True,
    notes: Annotated[bool, typer.Option(help="Draw notes and legends.")] = True,
    axis_colours: Annotated[bool, typer.Option(help="Colour wires by the axes they carry.")] = False,
    windows: Annotated[bool, typer.Option(help="Draw convolutions in full, windows and map.")] = False,
    heat: Annotated[str, typer.Option(help="Colour nodes by parameters, operations, bytes, memory or intensity.")] = "",
    backward: Annotated[bool, typer.Option(help="Draw the backward pass below the forward one.")] = False,
    as_json: AsJson = False,
) -> None:
    """Draw a circuit into a file; problems are marked in it."""
    from circuits.draw import Detail, draw_style
    from circuits.draw import draw as draw_circuit

    from .opening import placed, require_folder

    circuit = _circuit(name)
    style = draw_style(theme, dialect, fences=fences, notes=notes, axis_colours=axis_colours)
    detail = Detail(budget, depth, frozenset(opened or ()), frozenset(closed or ()), sizes, windows=windows)
    with placed("--output"):
        require_folder(output)
        path = draw_circuit(
            circuit, output, detail=detail, style=style, paper=paper, heat=heat, backward=backward, remark=_remark
        )
    size = path.stat().st_size
    _emit(as_json, {"path": str(path), "format": path.suffix[1:], "bytes": size}, f"drew {path} ({size:,} bytes)")


@app.command()
def build(
    name: Name,
    target: Annotated[str, typer.Option(help="What to print: torch.")] = "torch",
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="F", help="File to print into.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print a circuit as a program that stands on its own."""
    from codegen import build as build_program

    from .opening import placed, require_folder

    circuit = _circuit(name).valid()
    if output is not None:
        require_folder(output)
    with placed("--target"):
        program = build_program(circuit, target=target)
    source = program.source
    document: dict[str, object] = {"name": program.name, "target": target, "lines": source.count("\n")}
    if output is None:
        _emit(as_json, {**document, "source": source}, source.removesuffix("\n"))
    else:
        path = str(program.write(output))
        _emit(as_json, {**document, "path": path}, f"wrote {path} ({document['lines']} lines)")


@app.command()
def info(
    name: Name,
    size: Annotated[
        list[str] | None, typer.Option("--size", "-s", metavar="m=64", help="A size; may be given often.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print what a circuit costs: parameters, operations, bytes, activations."""
    from circuits import costs

    from .opening import read_sizes

    circuit = _circuit(name).valid()
    table = costs(circuit, read_sizes(size or [], circuit))
    _emit(as_json, table.to_json() if as_json else None, table)


@app.command()
def train(
    name: Name,
    data: Annotated[str, typer.Option(metavar="D", help="Data to train on, such as digits, mnist, text.")] = "",
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    steps: Annotated[int | None, typer.Option(help="Number of steps.")] = None,
    option: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A setting, such as learning_rate=1e-3.")
    ] = None,
    run: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Folder of the run; one that was stopped is resumed.")
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="What may differ from the stored run, such as steps; may be given often."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Train a circuit, and report how well it does on held-out data."""
    from .opening import open_entry
    from .training import train_entry

    given = {"seed": seed, "steps": steps}
    result = train_entry(
        open_entry(name), data, given, options=option or [], folder=run, accept=accept or [], quiet=as_json
    )
    rows = {key: f"{value:.4f}" if isinstance(value, float) else str(value) for key, value in result.items()}
    _emit(as_json, result, "\n".join(f"{key:<18}{value}" for key, value in rows.items()))


Store = Annotated[
    str, typer.Option("--store", metavar="S", help="A SQLite file or a URL such as postgresql://host/name.")
]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port.")]


def _announce(as_json: bool) -> Any:
    """What is printed once the page can be asked for."""

    def announce(address: str, found: int) -> None:
        text = f"Circuitloom is at {address} (stop it with Ctrl-C)"
        _emit(as_json, {"address": address, "port": found}, text)
        sys.stdout.flush()

    return announce


@app.command("page")
def page_(
    name: Name,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="F", help="A file .html.")],
    as_json: AsJson = False,
) -> None:
    """Write a circuit into one HTML file to look at: picture, program, costs; it asks nothing from outside."""
    from .opening import require_folder
    from .static_page import static_page

    require_folder(output)
    data = static_page(_circuit(name)).encode()
    output.write_bytes(data)
    _emit(as_json, {"path": str(output), "bytes": len(data)}, f"wrote {output} ({len(data):,} bytes)")


@app.command()
def edit(
    name: Annotated[
        str, typer.Argument(metavar="[C]", help="A circuit to open as a document; else the last one.")
    ] = "",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port; the next free one if it is taken.")] = 5006,
    browser: Annotated[bool, typer.Option(help="Open a browser if there is one.")] = True,
    store: Store = "",
    as_json: AsJson = False,
) -> None:
    """Serve the editor on this machine, until Ctrl-C; every gesture is saved in the store."""
    if name:
        _circuit(name)
    from .server import edit as serve_page
    from .server import opened_store

    serve_page(name, opened_store(store), port=port, browser=browser, announce=_announce(as_json))


@app.command()
def serve(
    port: Port = 5006,
    address: Annotated[str, typer.Option(help="Address of this machine to listen on.")] = "127.0.0.1",
    origin: Annotated[
        list[str] | None, typer.Option(metavar="HOST:PORT", help="Where browsers may come from; may be repeated.")
    ] = None,
    users: Annotated[
        Path | None, typer.Option(metavar="F", help='JSON file of users, {"name": "password"}, only you can read.')
    ] = None,
    oauth: Annotated[
        str, typer.Option(metavar="NAME", help="OAuth provider: github, google ..., or an issuer's address.")
    ] = "",
    oauth_key: Annotated[str, typer.Option(help="The key that the provider gave.")] = "",
    oauth_secret: Annotated[Path | None, typer.Option(metavar="F", help="File with the provider's secret.")] = None,
    oauth_redirect: Annotated[str, typer.Option(metavar="URL", help="Where the provider sends users back to.")] = "",
    oauth_user: Annotated[str, typer.Option(metavar="CLAIM", help="Claim that names a user; at an issuer email.")] = "",
    allow: Annotated[
        list[str] | None,
        typer.Option(metavar="WHO", help="Who may come in by --oauth: a user, @domain or *; may be repeated."),
    ] = None,
    cookie_secret: Annotated[
        Path | None,
        typer.Option(
            metavar="F", help="File with a secret that signs logins, made if missing; else they end with the server."
        ),
    ] = None,
    upload: Annotated[int, typer.Option(metavar="MB", min=1, max=1000, help="The most that may be uploaded.")] = 20,
    store: Store = "",
    as_json: AsJson = False,
) -> None:
    """Serve the editor to a lab, until Ctrl-C: users log in, each has a workspace of their own."""
    from .login import Login
    from .server import Place, opened_store
    from .server import serve as serve_lab

    allowed = tuple(allow or ())
    login = Login(users, oauth, oauth_key, oauth_secret, oauth_redirect, cookie_secret, allowed, oauth_user)
    place = Place(port, address, tuple(origin or ()), upload)
    login.settings()
    serve_lab(opened_store(store), place, login, _announce(as_json))


def main(arguments: Sequence[str] | None = None) -> None:
    """The command `circuitloom`: runs one command and exits, with status 0 only if it did all it was asked for."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = app(args=words, prog_name="circuitloom", standalone_mode=False)
        sys.stdout.flush()
    except Exception as error:
        from .outcome import report

        status = report(error, as_json="--json" in words)
    sys.exit(status or 0)
