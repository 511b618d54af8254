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
    colours = {path: mixed(shown.heat, placed(value, ends, scale)) for path, value in values.items() if value > 0}
    return Heat(quantity, scale, values, colours, _legend(quantity, scale, ends, shown, bool(some)))


def _known(word: str, known: Mapping[str, object] | tuple[str, ...], what: str) -> None:
    if word not in known:
        fix = "Choose one of them." + did_you_mean(word, known)
        raise AttributeProblem(f"a {what} ({', '.join(known)})", f"'{word}'", fix, "heat")


def heat_values(circuit: Circuit, quantity: str, sizes: Mapping[str, int] | None = None) -> dict[str, float]:
    """The quantity of every node by its path, as it is; see `heat`."""
    found: dict[str, float] = {}
    sheet = costs(circuit, sizes, opened=True).sheet
    _collect(sheet, quantity, "", 1, 1, found)
    return found


def _collect(sheet: Sheet, quantity: str, path: str, times: int, copies: int, found: dict[str, float]) -> None:
    """Values of a circuit that runs `times` times and owns `copies` sets of parameters."""
    held = {name: column.bytes for column in sheet.columns for name in column.nodes}
    for line in sheet.lines:
        here = f"{path}{line.name}"
        if here not in found and len(found) >= MAX_PATHS:
            return
        before = found.get(here, 0.0)
        if quantity == "memory":
            found[here] = max(before, float(held[line.name]))
        elif quantity == "intensity":
            found[here] = max(before, _intensity(line.cost))
        else:
            found[here] = before + _amount(line.cost, quantity, times, copies)
        _inside(line, quantity, here, times, copies, found)


def _inside(line: Line, quantity: str, path: str, times: int, copies: int, found: dict[str, float]) -> None:
    """Values of what a node runs: rounds of a body are one in the picture, which shows the first of several."""
    names = [one.name for one in line.inner[0].sheet.lines] if line.inner else []
    for inner in line.inner:
        if [one.name for one in inner.sheet.lines] == names:
            _collect(inner.sheet, quantity, f"{path}/", times * inner.times, copies * inner.copies, found)


def _amount(cost: Cost, quantity: str, times: int, copies: int) -> float:
    match quantity:
        case "parameters":
            return float(cost.parameters * copies)
        case "operations":
            return float(cost.operations * times)
        case _:
            return float((cost.read + cost.written) * times)


def _intensity(cost: Cost) -> float:
    moved = cost.read + cost.written
    return cost.operations / moved if moved else 0.0


def placed(value: float, ends: tuple[float, float], scale: str) -> float:
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
