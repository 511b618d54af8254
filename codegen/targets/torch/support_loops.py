"""Helpers for regions that stop by themselves and for functions of the host."""

from __future__ import annotations

LEAD_OF = '''\
def lead_of(arrays: list[Tensor], dims: list[int]) -> torch.Size:
    """The joint shape in front of each array's own last dimensions."""
    pairs = zip(arrays, dims)
    return torch.broadcast_shapes(*(x.shape[: x.ndim - own] for x, own in pairs))


def chosen(where: Tensor, new: Sequence[Tensor], old: Sequence[Tensor]) -> list[Tensor]:
    """New arrays where a leading index is chosen, old ones elsewhere."""
    flags = [where.reshape(*where.shape, *[1] * (x.ndim - where.ndim)) for x in old]
    return [torch.where(*three) for three in zip(flags, new, old)]
'''

SOLVE_FIXED_POINT = '''\
class Implicit(torch.autograd.Function):
    """Values of a solution; cotangents go through `pull` to what it is made of."""

    @staticmethod
    def forward(
        ctx: Any, pull: Callable[..., Any], solution: list[Tensor], *made: Tensor
    ) -> tuple[Tensor, ...]:
        ctx.pull = pull
        return tuple(x.clone() for x in solution)

    @staticmethod
    def backward(ctx: Any, *cotangents: Tensor) -> tuple[Any, ...]:
        return (None, None, *ctx.pull(cotangents))


def solve_fixed_point(
    function: Callable[..., Any],
    states: list[Tensor],
    others: list[Tensor],
    dims: list[int],
    tolerance: float,
    limit: int,
) -> tuple[Tensor, ...]:
    """Solve z = function(*z, *others), each index in front of `dims` by itself.

    The gradient is that of the solution, by the implicit function theorem.
    """
    lead = lead_of([*states, *others], dims)

    def apply(z: Sequence[Tensor]) -> list[Tensor]:
        made = function(*z, *others)
        made = made if isinstance(made, tuple) else (made,)
        return [new.expand(old.shape) for new, old in zip(made, z)]

    def far(new: Tensor, old: Tensor) -> Tensor:
        near = (new - old).abs() <= tolerance
        return ~near.reshape(*lead, -1).all(-1)

    z = [x.expand((*lead, *x.shape[x.ndim - own :])) for x, own in zip(states, dims)]
    with torch.no_grad():
        moving = torch.ones(lead, dtype=torch.bool, device=z[0].device)
        for _ in range(limit):
            made = apply(z)
            moved = torch.stack([far(new, old) for new, old in zip(made, z)]).any(0)
            z = chosen(moving, made, z)
            moving = moving & moved
            if not moving.any():
                break
    made = apply(z)
    if not any(x.requires_grad for x in made):
        return tuple(z)
    inner = [x.clone().requires_grad_() for x in z]
    again = apply(inner)

    def pull(cotangents: Sequence[Tensor]) -> Sequence[Tensor]:
        found = cotangents
        for _ in range(limit):
            slopes = torch.autograd.grad(
                again, inner, found, retain_graph=True, materialize_grads=True
            )
            after = [one + other for one, other in zip(cotangents, slopes)]
            moved = [(a - b).abs().max() for a, b in zip(after, found) if a.numel()]
            found = after
            if all(distance <= tolerance for distance in moved):
                break
        return found

    return Implicit.apply(pull, z, *made)
'''

REPEAT_WHILE = '''\
def repeat_while(
    function: Callable[..., Any],
    test: Callable[..., Tensor],
    states: list[Tensor],
    others: list[Tensor],
    dims: list[int],
    limit: int,
) -> tuple[Tensor, ...]:
    """Apply a function while a test holds, each index in front of `dims` by itself."""
    lead = lead_of([*states, *others], dims)
    z = [x.expand((*lead, *x.shape[x.ndim - own :])) for x, own in zip(states, dims)]
    moving = torch.ones(lead, dtype=torch.bool, device=z[0].device)
    for _ in range(limit):
        moving = moving & test(*z, *others)
        if not moving.any():
            break
        made = function(*z, *others)
        z = chosen(moving, made if isinstance(made, tuple) else (made,), z)
    return tuple(z)
'''

CALL_HOST = '''\
# functions this module calls by name: register them here before it runs
HOSTS: dict[str, Callable[..., Any]] = {}


def call_host(
    name: str, arrays: list[Tensor], dims: list[int], shapes: list[tuple[int, ...]]
) -> tuple[Tensor, ...]:
    """Call a registered function for every index in front of `dims`; no gradient."""
    if name not in HOSTS:
        raise KeyError(f"host '{name}': expected a function in HOSTS, found none.")
    lead = lead_of(arrays, dims)
    own = [x.shape[x.ndim - count :] for x, count in zip(arrays, dims)]
    full = [x.detach().expand((*lead, *rest)) for x, rest in zip(arrays, own)]
    rows = [x.reshape(-1, *rest) for x, rest in zip(full, own)]
    made = [HOSTS[name](*row) for row in zip(*rows)] if arrays else [HOSTS[name]()]
    parts = [found if isinstance(found, tuple | list) else (found,) for found in made]
    columns = [torch.stack([torch.as_tensor(x) for x in part]) for part in zip(*parts)]
    return tuple(x.reshape(*lead, *shape) for x, shape in zip(columns, shapes))
'''
