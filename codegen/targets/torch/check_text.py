"""The check a program carries, and its main block."""

from __future__ import annotations

from collections.abc import Sequence

from ...check import GOLDEN, Check
from ...writing.layout import lay_out, parse
from ...writing.numbers import number_code

_CODE = '''\
def fill(shape: tuple[int, ...], kind: str | int, start: int) -> Tensor:
    """Deterministic numbers: multiples of the golden ratio, modulo one."""
    steps = torch.arange(start, start + math.prod(shape), dtype=torch.float64)
    numbers = (steps * GOLDEN % 1.0).reshape(shape)
    if isinstance(kind, int):
        return (numbers * kind).floor().long()
    if kind == "bool":
        return numbers < 0.5
    if kind == "complex":
        return torch.complex(numbers - 0.5, 0.5 - numbers * numbers)
    return numbers + 0.5 if kind == "buffer" else numbers - 0.5


def compare(output: Tensor, shape: tuple[int, ...], numbers: list[float]) -> float:
    """The largest difference from the reference's norm and samples, by the norm."""
    if tuple(output.shape) != shape:
        return math.inf
    parts = torch.view_as_real(output) if output.is_complex() else output
    flat = parts.double().flatten()
    last = max(len(numbers) - 2, 1)
    picks = [i * (len(flat) - 1) // last for i in range(len(numbers) - 1)]
    found = [flat.norm().item(), *(flat[i].item() for i in picks)]
    pairs = list(zip(found, numbers))
    same = [a == b or math.isnan(a) and math.isnan(b) for a, b in pairs]
    size = max(1.0, numbers[0]) if numbers else 1.0
    errors = [abs(a - b) / size for (a, b), ok in zip(pairs, same) if not ok]
    return max(errors, default=0.0)


def check() -> bool:
    """Compare with stored outputs of the reference, in double precision."""
    torch.set_default_dtype(torch.float64)
    model = MODEL(**CHECK_SIZES).eval()
    inputs = [fill(*item, 1000 * i) for i, item in enumerate(CHECK_INPUTS, 1)]
    buffers = dict(model.named_buffers())
    with torch.no_grad():
        arrays = sorted(model.state_dict().items())
        for i, (key, array) in enumerate(arrays, 1 + len(inputs)):
            kind = "buffer" if key in buffers else "real"
            array.copy_(fill(tuple(array.shape), kind, 1000 * i))
        outputs = model(*inputs)
    if isinstance(outputs, Tensor):
        outputs = (outputs,)
    passed = True
    for (name, shape, numbers), output in zip(CHECK_OUTPUTS, outputs):
        error = compare(output, shape, numbers)
        passed = passed and error <= 1e-9
        verdict = "ok" if error <= 1e-9 else "DIFFERS"
        print(f"{name:<24} {tuple(output.shape)!s:<20} {error:<10.1e} {verdict}")
    return passed


def main() -> None:
    """Run the check when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with a reference")
    if parser.parse_args().check:
        sys.exit(0 if check() else 1)
    print(MODEL(**CHECK_SIZES))


if __name__ == "__main__":
    main()
'''.replace("GOLDEN", repr(GOLDEN))


def check_text(check: Check | None, name: str, arguments: Sequence[tuple[str, str]]) -> str:
    """The data and the functions of the check; `arguments` are the sizes the main class takes."""
    if check is None:
        return ""
    sizes = ", ".join(f"{word!r}: {check.sizes[size]}" for size, word in arguments if size in check.sizes)
    inputs = ", ".join(f"({item.shape}, {item.kind!r})" for item in check.inputs)
    outputs = ", ".join(
        f"({item.name!r}, {item.shape}, [{', '.join(map(number_code, item.numbers))}])" for item in check.outputs
    )
    data = [
        f"MODEL = {name}",
        *_assigned("CHECK_SIZES", f"{{{sizes}}}"),
        "# shape and kind of each input",
        *_assigned("CHECK_INPUTS", f"[{inputs}]"),
        "# name, shape, norm and some numbers of each output of the reference",
        *_assigned("CHECK_OUTPUTS", f"[{outputs}]"),
    ]
    return "\n".join([*data, "", "", _CODE])


def _assigned(name: str, code: str) -> list[str]:
    lines = lay_out(f"{name} = ", parse(code))
    assert lines is not None
    return lines
