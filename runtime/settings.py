"""Everything a run depends on, in one frozen model.

`Settings(seed=1, optimizer=AdamW(lr=3e-3))` in code, `Settings.read({"seed": 1, "optimizer":
{"name": "adamw"}})` from a file or a form. All problems are reported at once, as
*settings.optimizer.lr: expected X, found Y. Fix.*
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

import torch
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from .errors import SettingsError
from .explain import explain


class Strict(BaseModel):
    """Base of all settings: frozen, no unknown names, no silent conversion, errors in plain words."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)

    def __init__(self, **values: object) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise SettingsError(*explain(error, type(self))) from None


class AdamW(Strict):
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101)."""

    name: Literal["adamw"] = "adamw"
    lr: float = Field(default=1e-3, gt=0)
    betas: Annotated[
        tuple[Annotated[float, Field(ge=0, lt=1)], Annotated[float, Field(ge=0, lt=1)]],
        Field(strict=False),  # a document can only write a list
    ] = (0.9, 0.999)
    eps: float = Field(default=1e-8, gt=0)
    weight_decay: float = Field(default=0.01, ge=0)


class SGD(Strict):
    """Stochastic gradient descent with momentum."""

    name: Literal["sgd"] = "sgd"
    lr: float = Field(default=0.1, gt=0)
    momentum: float = Field(default=0.9, ge=0, lt=1)
    nesterov: bool = False
    weight_decay: float = Field(default=0.0, ge=0)

    @model_validator(mode="after")
    def _nesterov_looks_ahead_along_momentum(self) -> Self:
        if self.nesterov and self.momentum == 0:
            raise ValueError("momentum above 0 with nesterov=True")
        return self


class Constant(Strict):
    """The learning rate itself, after a linear warm-up."""

    name: Literal["constant"] = "constant"
    warmup: int = Field(default=0, ge=0)


class Cosine(Strict):
    """Half a cosine from the learning rate down to `floor` times it, after a linear warm-up."""

    name: Literal["cosine"] = "cosine"
    warmup: int = Field(default=0, ge=0)
    floor: float = Field(default=0.0, ge=0, le=1)


class Linear(Strict):
    """A straight line from the learning rate down to `floor` times it, after a linear warm-up."""

    name: Literal["linear"] = "linear"
    warmup: int = Field(default=0, ge=0)
    floor: float = Field(default=0.0, ge=0, le=1)


class Stairs(Strict):
    """The learning rate times `factor` once more every `every` steps, after a linear warm-up."""

    name: Literal["step"] = "step"
    every: int = Field(default=1000, ge=1)
    factor: float = Field(default=0.1, gt=0, le=1)
    warmup: int = Field(default=0, ge=0)


Optimizer = AdamW | SGD
Schedule = Constant | Cosine | Linear | Stairs
DEFAULT_STEPS = 1000


class Settings(Strict):
    """Everything a run depends on beside its model, objective and data.

    Give `steps` or `epochs`; without either a run takes 1000 steps. `threads` is stored as a number
    because sums in another order give other bits.
    """

    seed: int = Field(default=0, ge=0, lt=2**63)
    steps: int | None = Field(default=None, ge=1)
    epochs: float | None = Field(default=None, gt=0)
    batch_size: int = Field(default=64, ge=1)
    optimizer: Annotated[Optimizer, Field(discriminator="name")] = AdamW()
    schedule: Annotated[Schedule, Field(discriminator="name")] = Cosine()
    clip_norm: float | None = Field(default=1.0, gt=0)
    dtype: Literal["float32", "float64", "bfloat16"] = "float32"
    device: str = Field(default="cpu", pattern=r"^(cpu|cuda(:[0-9]+)?)$")
    threads: int = Field(default_factory=torch.get_num_threads, ge=1)
    deterministic: bool = True
    log_every: int = Field(default=1, ge=1)
    eval_every: int | None = Field(default=None, ge=1)
    eval_batch_size: int = Field(default=256, ge=1)
    checkpoint_every: int | None = Field(default=None, ge=1)
    keep_last: int = Field(default=3, ge=1)

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if self.steps is not None and self.epochs is not None:
            raise ValueError("steps or epochs, not both")
        return self

    @classmethod
    def read(cls, values: Mapping[str, JsonValue]) -> Self:
        """Settings from what a document or a form holds; raises SettingsError with all problems."""
        arguments: dict[str, Any] = dict(values)
        return cls(**arguments)

    def total_steps(self, samples: int) -> int:
        """How many steps the run takes over a training set of `samples` samples."""
        if self.epochs is not None:
            return max(1, math.ceil(self.epochs * samples / self.batch_size))
        return self.steps if self.steps is not None else DEFAULT_STEPS

    def torch_dtype(self) -> torch.dtype:
        """The floating-point type as torch names it."""
        return {"float32": torch.float32, "float64": torch.float64, "bfloat16": torch.bfloat16}[self.dtype]


# A change of these alters when things are saved, never what is computed or logged.
FREE_TO_CHANGE = frozenset({"checkpoint_every", "keep_last"})


def difference(ours: Settings, theirs: Settings) -> dict[str, tuple[str, str]]:
    """The settings in which two runs differ, as name -> (ours, theirs), those without effect left out."""
    names = [name for name in Settings.model_fields if name not in FREE_TO_CHANGE]
    mine, other = ours.model_dump(mode="json"), theirs.model_dump(mode="json")
    return {name: (f"{mine[name]}", f"{other[name]}") for name in names if mine[name] != other[name]}
