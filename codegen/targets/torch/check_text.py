"""The check a program carries, and its main block."""

from __future__ import annotations

from collections.abc import Sequence

from ...check import GOLDEN, Check
from ...writing.layout import lay_out, parse

_CODE = f'''\
def fill(shape: tuple[int, ...], start: int, kind: str | int = "real") -> Tensor:
    """Deterministic numbers: multiples of the golden ratio, modulo one."""
    steps = torch.arange(start, start + math.prod(shape), dtype=torch.float64)
    numbers = (steps * {GOLDEN} % 1.0).reshape(shape)
    if isinstance(kind, int):
        return (numbers * kind).floor().long()
    if kind == "bool":
        return numbers < 0.5
    if kind == "complex":
        return torch.complex(numbers - 0.5, 0.5 - numbers * numbers)
    return numbers + 0.5 if kind == "buffer" else numbers - 0.5


def check() -> bool:
    """Compare with the stored outputs of the reference, in double precision."""
    torch.set_default_dtype(torch.float64)
    model = NAME(**CHECK_SIZES).eval()
    inputs = [
        fill(shape, 1000 * place, kind)
        for place, (shape, kind) in enumerate(CHECK_INPUTS, 1)
    ]
    buffers = dict(model.named_buffers())
    with torch.no_grad():
        for place, (key, array) in enumerate(sorted(model.state_dict().items())):
            kind = "buffer" if key in buffers else "real"
            start = 1000 * (1 + len(inputs) + place)
            array.copy_(fill(tuple(array.shape), start, kind))
        found = model(*inputs)
    passed = True
    for (name, shape, norm, samples), output in zip(
        CHECK_OUTPUTS, found if isinstance(found, tuple) else [found]
    ):
        parts = torch.view_as_real(output) if output.is_complex() else output
        flat = parts.double().flatten()
        count = max(len(samples) - 1, 1)
        picked = [flat[i * (len(flat) - 1) // count].item() for i in range(len(samples))]
        numbers = [] if norm is None else [(flat.norm().item(), norm)]
        pairs = [*numbers, *zip(picked, samples)]
        error = max((abs(one - other) for one, other in pairs), default=0.0)
        same = tuple(output.shape) == shape
        good = same and error <= 1e-9 * max(1.0, norm or 0.0)
        passed = passed and good
        verdict = "ok" if good else "DIFFERS"
        print(f"{{name:20}} {{str(shape):20}} largest difference {{error:.1e}}  {{verdict}}")
    return passed


def main() -> None:
    """Run the check when asked to."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\\n")[0])
    parser.add_argument("--check", action="store_true", help="compare with the reference")
    if parser.parse_args().check:
        sys.exit(0 if check() else 1)
    parser.print_help()


if __name__ == "__main__":
    main()
'''


def check_text(check: Check | None, name: str, arguments: Sequence[tuple[str, str]]) -> str:
    """The data and the functions of the check; `arguments` are the sizes the main class takes."""
    if check is None:
        return ""
    sizes = ", ".join(f"{word!r}: {check.sizes[size]}" for size, word in arguments if size in check.sizes)
    inputs = ", ".join(f"({item.shape}, {item.kind!r})" for item in check.inputs)
    outputs = ", ".join(f"({o.name!r}, {o.shape}, {o.norm!r}, {o.samples})" for o in check.outputs)
    data = [
        *_assigned("CHECK_SIZES", f"{{{sizes}}}"),
        "# shape and kind of each input",
        *_assigned("CHECK_INPUTS", f"[{inputs}]"),
        "# name, shape, norm and some numbers of each output",
        *_assigned("CHECK_OUTPUTS", f"[{outputs}]"),
    ]
    return "\n".join([*data, "", "", _CODE.replace("NAME", name)])


def _assigned(name: str, code: str) -> list[str]:
    lines = lay_out(f"{name} = ", parse(code))
    assert lines is not None
    return lines
