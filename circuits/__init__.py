"""Typed circuits: one document that is drawn, checked, printed as a program, trained and analysed."""

from .apply import applied, applied_many, call, size
from .check import Checked, Record
from .circuit import Circuit, Input, Node, Output
from .derived import Call, Composite, Derived, callee_sizes, open_names, scope_map
from .draw import FORMATS, draw, render, to_dot
from .elementwise import Elementwise
from .errors import (
    AttributeProblem,
    BindingError,
    CircuitError,
    CircuitloomError,
    DocumentError,
    Problem,
    did_you_mean,
)
from .op import REGISTRY, Buffer, Glyph, Init, Op, Port, Primitive, Result, Signature, Weight, op_class
from .ops import *
from .ops.order import argsort
from .parameters import Parameter, State, initial, parameters, state_key
from .reference import Outcome, run
from .region import Region
from .regions.repeat import repeat
from .regions.scan import scan
from .sizes import Size, SizeError
from .store import dumps, from_document, load, loads, save, to_document
from .trace import Wire, build, circuit
from .types import BOOL, COMPLEX, REAL, ArrayType, Axis, Element
