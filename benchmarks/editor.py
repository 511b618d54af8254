"""The canvas in a browser with many nodes on screen, beside panel-reactflow.

    python -m benchmarks.editor [--rival PYTHON] [--nodes 100,500,2000] [--rounds 3]

PYTHON is an interpreter that has panel-reactflow 0.5.1; without one only the canvas is measured. Both pages show the
same layered graph, all of it at once, in Debian's Chromium without a GPU, each served by a process of its own, one
after the other. Beyond 250 nodes the canvas draws a circuit plainly (`editor/canvas/grid.py`): boxes, and a wire an
axis.

Milliseconds are medians: of an open page from its request to the frame in which every node is there; of a step of the
pointer (drag, pan, and zoom by the wheel) from the event in the browser until the frame that shows it is painted; of a
drop to Python's answer in the page that it has taken the move (trip), and to the picture that Python lays out anew
(drawn), which panel-reactflow does not do. A step waits for the next frame of the screen: 60 a second, so 17 is one
frame, and no page can be much faster.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields

from playwright.sync_api import Page, sync_playwright

GOALS = {"open": 2500.0, "drag": 33.0, "trip": 60.0}
STEPS, TRIPS = 24, 7
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@dataclass(frozen=True)
class Engine:
    """What differs between the two pages: how nodes are found, and what tells that Python has answered."""

    name: str
    command: tuple[str, ...]
    node: str
    grip: str
    answered: str
    drawn: str
    empty: tuple[float, float]


CANVAS = Engine(
    "canvas",
    (sys.executable, "-m", "benchmarks._canvas"),
    ".figure.node",
    ".body",
    "() => deep('.app')[0].dataset.taken",
    "() => deep('.app')[0].dataset.rev",
    (640.0, 700.0),
)


def reactflow(python: str) -> Engine:
    """The page of panel-reactflow, served by another interpreter."""
    answered = "() => deep('.react-flow__node').map((one) => one.textContent.match(/moved \\d+/)).join()"
    command = (python, "benchmarks/_reactflow.py")
    return Engine("panel-reactflow", command, ".react-flow__node", "", answered, "", (640.0, 850.0))


@dataclass(frozen=True)
class Figures:
    """What was measured, in milliseconds."""

    open: float
    drag: float
    trip: float
    drawn: float
    zoom: float
    pan: float


# Elements in shadow roots are found by walking into them.
DEEP = """
window.deep = (selector, root = document) => [...root.querySelectorAll(selector),
  ...[...root.querySelectorAll('*')].filter((one) => one.shadowRoot).flatMap((one) => deep(selector, one.shadowRoot))];
window.painted = [];
for (const kind of ['pointermove', 'wheel']) addEventListener(kind, (event) => requestAnimationFrame(() => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => painted.push(performance.now() - event.timeStamp);
  port2.postMessage(0);
}), { capture: true });
window.framed = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
"""


@contextmanager
def served(engine: Engine, nodes: int) -> Iterator[str]:
    """The page in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([*engine.command, str(nodes), str(port)], stdout=quiet, stderr=quiet)
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}/liveness", timeout=5).close()
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()


def opened(page: Page, engine: Engine, address: str, nodes: int) -> float:
    """Open the page; milliseconds until every node has been painted."""
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_function(f"() => window.deep && deep('{engine.node}').length >= {nodes}", timeout=120_000, polling=20)
    page.evaluate("framed()")
    spent = (time.perf_counter() - start) * 1000
    page.wait_for_timeout(1500)
    return spent


def steps(page: Page, act: Callable[[int], None]) -> float:
    """The median over steps of the pointer, each from its event until its frame is painted."""
    page.evaluate("painted.length = 0")
    for number in range(STEPS):
        act(number)
        page.evaluate("framed()")
    found = page.evaluate("painted")
    if len(found) < STEPS:
        raise SystemExit(f"steps of the pointer: expected {STEPS} frames, found {len(found)}. Run it again.")
    return statistics.median(found)


def grip(page: Page, engine: Engine) -> tuple[float, float]:
    """The middle of a node that lies about the middle of the page."""
    held = f"one.querySelector('{engine.grip}')" if engine.grip else "one"
    where = f"""() => {{
      const boxes = deep('{engine.node}').map((one) => {held}.getBoundingClientRect());
      boxes.sort((a, b) => Math.hypot(a.x - 640, a.y - 400) - Math.hypot(b.x - 640, b.y - 400));
      const box = boxes[0];
      return [box.x + box.width / 2, box.y + box.height / 2];
    }}"""
    x, y = page.evaluate(where)
    return float(x), float(y)


def dragged(page: Page, engine: Engine) -> float:
    """Milliseconds a step while a node is dragged."""
    x, y = grip(page, engine)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 6, y + 6)
    spent = steps(page, lambda number: page.mouse.move(x + 6 + number % 8, y + 10 + number))
    page.mouse.up()
    page.wait_for_timeout(800)
    return spent


def trip(page: Page, engine: Engine, answered: str) -> float:
    """Milliseconds from dropping a node until Python's answer changes what `answered` gives."""
    spent = []
    for number in range(TRIPS):
        x, y = grip(page, engine)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x, y + 8)
        page.mouse.move(x, y + 14 + number)
        page.wait_for_timeout(300)
        page.evaluate(f"""() => {{
          const answered = {answered}, before = answered();
          window.told = new Promise((done) => addEventListener('pointerup', () => {{
            const start = performance.now();
            const spent = () => performance.now() - start;
            const look = () => (answered() !== before || spent() > 10000 ? done(spent()) : setTimeout(look, 1));
            look();
          }}, {{ once: true, capture: true }}));
        }}""")
        page.mouse.up()
        spent.append(float(page.evaluate("window.told")))
        page.wait_for_timeout(300)
    return statistics.median(spent)


def measured(page: Page, engine: Engine, address: str, nodes: int) -> Figures:
    """One round."""
    first = opened(page, engine, address, nodes)
    if engine is CANVAS:
        page.locator(".surface").focus()
        page.keyboard.press("f")
        page.wait_for_timeout(1000)
    page.mouse.move(*engine.empty)
    page.keyboard.down("Control")
    zoom = steps(page, lambda number: page.mouse.wheel(0, 40 if number % 2 else -40))
    page.keyboard.up("Control")
    pan, drag, trips = panned(page, engine), dragged(page, engine), trip(page, engine, engine.answered)
    return Figures(first, drag, trips, trip(page, engine, engine.drawn) if engine.drawn else float("nan"), zoom, pan)


def panned(page: Page, engine: Engine) -> float:
    """Milliseconds a step while the empty canvas is dragged."""
    x, y = engine.empty
    page.mouse.move(x, y)
    if engine is CANVAS:
        page.keyboard.down(" ")
    page.mouse.down()
    spent = steps(page, lambda number: page.mouse.move(x + 4 * (number + 1), y))
    page.mouse.up()
    if engine is CANVAS:
        page.keyboard.up(" ")
    return spent


def rounds(engine: Engine, nodes: int, count: int) -> Figures:
    """Medians over rounds, each in a page of its own."""
    with sync_playwright() as playwright, served(engine, nodes) as address:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        found = []
        for _ in range(count):
            page = browser.new_page(viewport={"width": 1280, "height": 860})
            page.add_init_script(DEEP)
            found.append(measured(page, engine, address, nodes))
            page.close()
        browser.close()
    return Figures(*(statistics.median(getattr(one, each.name) for one in found) for each in fields(Figures)))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="The canvas in a browser, beside panel-reactflow.")
    parser.add_argument("--rival", default="", help="an interpreter that has panel-reactflow 0.5.1")
    parser.add_argument("--nodes", default="100,500,2000")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    engines = [CANVAS, *([reactflow(options.rival)] if options.rival else [])]
    print(f"{'nodes':>6} {'engine':16}" + "".join(f"{each.name:>9}" for each in fields(Figures)) + "   milliseconds")
    for nodes in map(int, options.nodes.split(",")):
        for engine in engines:
            found = rounds(engine, nodes, options.rounds)
            cells = "".join(f"{getattr(found, each.name):9.0f}" for each in fields(Figures))
            print(f"{nodes:6} {engine.name:16}{cells}", flush=True)
            if engine is CANVAS and nodes == 2000:
                missed = [name for name, most in GOALS.items() if getattr(found, name) > most]
                print(
                    f"       goals at 2000: {', '.join(f'{name} <= {most:.0f}' for name, most in GOALS.items())}; "
                    + (f"missed: {', '.join(missed)}" if missed else "all met")
                )
    if not options.rival:
        print("panel-reactflow was not measured: give --rival an interpreter that has it.")


if __name__ == "__main__":
    main()
