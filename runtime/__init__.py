"""Training: settings, data, learning rules, checkpoints, records, and measuring.

`train(Task(model, objective, data), Settings(...))` returns a `Run`.
"""

from .checkpoint import Checkpoint, Checkpoints, load_weights
from .circuit_task import circuit_task, fitted_sizes, fitting_data
from .data import Array, Batch, Data, Option, Source, load_data, register, sources
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
from .look import Look, Map, Wish, by_node, find_wire, look, numbers, state_of, wire_names
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
    "Look",
    "Map",
    "Metric",
    "Objective",
    "Observer",
    "Option",
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
    "Wish",
    "bigram_baseline",
    "by_node",
    "circuit_task",
    "compare",
    "evaluate",
    "find_wire",
    "fitted_sizes",
    "fitting_data",
    "load_data",
    "load_program",
    "load_weights",
    "look",
    "lr_factor",
    "numbers",
    "register",
    "settings_for",
    "sources",
    "state_of",
    "train",
    "wire_names",
]
