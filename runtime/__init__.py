"""Training: settings, data, learning rules, checkpoints, records, and measuring.

`train(Task(model, objective, data), Settings(...))` returns a `Run`.
"""

from .checkpoint import Checkpoint, Checkpoints, load_weights
from .circuit_task import circuit_task, fitting_data
from .data import Array, Batch, Data, Source, load_data, register, sources
from .errors import (
    CheckpointError,
    DataError,
    DivergedError,
    ProgramError,
    RecordError,
    ResumeError,
    RunError,
    SettingsError,
    TaskError,
)
from .evaluate import evaluate
from .events import Event, Observer, ProgressBar
from .flat import settings_for
from .load import load_program
from .measure import Timings, compare
from .metrics import Metric, bigram_baseline
from .optim import lr_factor
from .record import Logged, Records, RunRecord
from .rules import Backprop, Learner, Rule
from .settings import SGD, AdamW, Constant, Cosine, Linear, Settings, Stairs
from .task import Objective, Outputs, Task
from .train import Run, train
from .tree import Tree

__all__ = [
    "SGD",
    "AdamW",
    "Array",
    "Backprop",
    "Batch",
    "Checkpoint",
    "CheckpointError",
    "Checkpoints",
    "Constant",
    "Cosine",
    "Data",
    "DataError",
    "DivergedError",
    "Event",
    "Learner",
    "Linear",
    "Logged",
    "Metric",
    "Objective",
    "Observer",
    "Outputs",
    "ProgramError",
    "ProgressBar",
    "RecordError",
    "Records",
    "ResumeError",
    "Rule",
    "Run",
    "RunError",
    "RunRecord",
    "Settings",
    "SettingsError",
    "Source",
    "Stairs",
    "Task",
    "TaskError",
    "Timings",
    "Tree",
    "bigram_baseline",
    "circuit_task",
    "compare",
    "evaluate",
    "fitting_data",
    "load_data",
    "load_program",
    "load_weights",
    "lr_factor",
    "register",
    "settings_for",
    "sources",
    "train",
]
