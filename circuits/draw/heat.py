"""Heat: what each node of a picture costs, as colours from the cool end of a theme's scale to the hot one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ..circuit import Circuit
from ..cost import costs
from ..cost_table import Cost, Line, Sheet
from ..errors import AttributeProblem, did_you_mean
from .theme import Theme

# By quantity: what the legend calls it, its unit, and the factor between two prefixes of the unit.
QUANTITIES: Mapping[str, tuple[str, str, int]] = {
    "parameters": ("parameters", "", 1000),
    "operations": ("operations", "FLOP", 1000),
    "bytes": ("bytes moved", "B", 1024),
    "memory": ("activations held", "B", 1024),
    "intensity": ("operations a byte", "FLOP/B", 1000),
}
SCALES = ("log", "linear")
MAX_PATHS = 100_000
_PREFIXES = ("", "k", "M", "G", "T", "P", "E")
_STOPS = 5


@dataclass(frozen=True, slots=True)
class Stop:
    """An entry of a legend: how far from the cool end it stands (0 to 1), its text and its colour."""

    place: float
    label: str
    colour: str


@dataclass(frozen=True, slots=True)
class Legend:
    """What the colours say: a title, and stops from the coolest to the hottest; none where nothing has a colour."""

    title: str
    stops: tuple[Stop, ...]


@dataclass(frozen=True)
class Heat:
    """Values and colours by the path of a node (`blocks/attention/softmax`), and their legend.

    Nodes without a colour have nothing of the quantity.
    """

    quantity: str
    scale: str
    values: Mapping[str, float]
    colours: Mapping[str, str]
    legend: Legend


def heat(
    circuit: Circuit,
    quantity: str,
    sizes: Mapping[str, int] | None = None,
    *,
    scale: str = "log",
    theme: Theme | None = None,
) -> Heat:
    """The heat of every node, those inside calls, regions and composites included, for `sizes` and the defaults.

    `quantity` is parameters, operations, bytes (moved by one kernel a node), memory (bytes of all arrays held right
    behind the node, in the circuit it stands in) or intensity (operations a byte). What runs or is owned several
    times counts as often. Raises AttributeProblem for another word, CircuitError and BindingError as `costs` does.
    """
    _known(quantity, QUANTITIES, "quantity")
    _known(scale, SCALES, "scale")
    values = heat_values(circuit, quantity, sizes)
    shown = theme or Theme()
    some = [value for value in values.values() if value > 0]
    ends = (min(some) if scale == "log" else 0.0, max(some)) if some else (0.0, 0.0)
    colours = {path: mixed(shown.heat, heat_share(value, ends, scale)) for path, value in values.items() if value > 0}
    return Heat(quantity, scale, values, colours, _legend(quantity, scale, ends, shown, bool(some)))


def _known(word: str, known: Mapping[str, object] | tuple[str, ...], what: str) -> None:
    if word not in known:
        fix = "Choose one of them." + did_you_mean(word, known)
        raise AttributeProblem(f"a {what} ({', '.join(known)})", f"'{word}'", fix, "heat")


def heat_values(circuit: Circuit, quantity: str, sizes: Mapping[str, int] | None = None) -> dict[str, float]:
    """The quantity of every node by its path, as it is; see `heat`. Of very many paths the deepest are left out."""
    return _Values(quantity).of(costs(circuit, sizes, opened=True).sheet)


class _Values:
    """Values of one quantity; a sheet that stands for many rounds and uses is looked at once."""

    def __init__(self, quantity: str) -> None:
        self.quantity = quantity
        self.known: dict[int, dict[str, float]] = {}

    def of(self, sheet: Sheet) -> dict[str, float]:
        """Values of a circuit that runs once, by the paths inside of it."""
        if id(sheet) not in self.known:
            held = {name: column.bytes for column in sheet.columns for name in column.nodes}
            found: dict[str, float] = {}
            for line in sheet.lines:
                found[line.name] = float(held[line.name]) if self.quantity == "memory" else self.amount(line.cost)
                inside = self.inside(line)
                if len(found) + len(inside) <= MAX_PATHS:
                    found.update((f"{line.name}/{path}", value) for path, value in inside.items())
            self.known[id(sheet)] = found
        return self.known[id(sheet)]

    def inside(self, line: Line) -> dict[str, float]:
        """Values of what a node runs: rounds of a body are one in the picture, which shows the first of several."""
        names = [one.name for one in line.inner[0].sheet.lines] if line.inner else []
        found: dict[str, float] = {}
        for inner in line.inner:
            if [one.name for one in inner.sheet.lines] != names:
                continue
            times = inner.copies if self.quantity == "parameters" else inner.times
            for path, value in self.of(inner.sheet).items():
                if self.quantity in ("memory", "intensity"):
                    found[path] = max(found.get(path, 0.0), value)
                else:
                    found[path] = found.get(path, 0.0) + times * value
        return found

    def amount(self, cost: Cost) -> float:
        """The quantity of one run."""
        moved = cost.read + cost.written
        match self.quantity:
            case "parameters":
                return float(cost.parameters)
            case "operations":
                return float(cost.operations)
            case "bytes":
                return float(moved)
            case _:
                return cost.operations / moved if moved else 0.0


def heat_share(value: float, ends: tuple[float, float], scale: str) -> float:
    """How far from the cool end a value lies, 0 to 1; the hot end where there is but one value."""
    low, high = ends
    if low == high:
        return 1.0
    if scale == "log":
        return (math.log(value) - math.log(low)) / (math.log(high) - math.log(low))
    return (value - low) / (high - low)


def mixed(colours: tuple[str, str], share: float) -> str:
    """The colour that lies at a share of the way between two."""
    share = min(max(share, 0.0), 1.0)
    ends = [[int(colour[place : place + 2], 16) for place in (1, 3, 5)] for colour in colours]
    return "#" + "".join(f"{round(low + (high - low) * share):02x}" for low, high in zip(*ends, strict=True))


def _legend(quantity: str, scale: str, ends: tuple[float, float], theme: Theme, some: bool) -> Legend:
    """Stops evenly along the scale, both ends among them; fewer where labels would say the same."""
    title, unit, _ = QUANTITIES[quantity]
    title = f"{title} ({scale})" if scale == "log" else title
    if not some:
        return Legend(title, ())
    count = 1 if ends[0] == ends[1] else _STOPS
    stops: dict[str, Stop] = {}
    for number in range(count):
        share = number / (count - 1) if count > 1 else 1.0
        value = ends[0] + share * (ends[1] - ends[0])
        if scale == "log" and count > 1:
            value = math.exp(math.log(ends[0]) + share * (math.log(ends[1]) - math.log(ends[0])))
        label = amount_label(value, unit, QUANTITIES[quantity][2])
        stops[label] = Stop(share, label, mixed(theme.heat, share))
    return Legend(title, tuple(stops.values()))


def amount_label(value: float, unit: str, base: int) -> str:
    """A number in three digits with a prefix: `1.23 MFLOP`, `4 KiB`, `512`."""
    step = 0
    while step + 1 < len(_PREFIXES) and _rounded(value) >= base:
        value, step = value / base, step + 1
    prefix = _PREFIXES[step]
    if base == 1024 and prefix:
        prefix = f"{prefix.upper()}i"
    return f"{_rounded(value):g} {prefix}{unit}".rstrip()


def _rounded(value: float) -> float:
    """A number to three digits, or to a whole one."""
    return float(f"{value:.3g}") if value < 1000 else round(value)
