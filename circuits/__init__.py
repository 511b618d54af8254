"""Typed circuits: one document that is drawn, checked, printed as a program, trained and analysed."""

from .apply import applied, applied_many, call, size
from .check import Checked
from .circuit import Circuit, Input, Node, Output
from .derived import Call, Composite, Derived
from .elementwise import Elementwise
from .errors import (
    AttributeProblem,
    BindingError,
    CircuitError,
    CircuitloomError,
    DocumentError,
    Problem,
)
from .op import REGISTRY, Glyph, Init, Op, Port, Primitive, Result, Signature, Weight, op_class
from .ops.einsum import broadcast, einsum
from .ops.linear import linear
from .ops.reductions import arg, reduce
from .ops.softmax import elementwise, log_softmax, softmax
from .parameters import Parameter, State, initial, parameters
from .reference import Outcome, run
from .region import Region
from .regions.repeat import repeat
from .regions.scan import scan
from .sizes import Size
from .trace import Wire, build, circuit
from .types import BOOL, COMPLEX, REAL, ArrayType, Axis, Element
