"""Typed circuits: one document that is drawn, checked, printed as a program, trained and analysed."""

from .apply import applied, applied_many, call, size
from .check import Checked
from .circuit import Circuit, Input, Node, Output
from .cost import costs
from .cost_table import Cost, CostTable
from .derived import Call, Composite, Derived, callee_sizes, open_names, scope_map
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
from .graph import to_networkx
from .interpreter import Place
from .named import Named
from .node_type import NodeType, type_node
from .op import REGISTRY, Buffer, Glyph, Init, Op, Port, Primitive, Result, Signature, Weight, op_class
from .opaque import Opaque, apart, known
from .ops import *
from .ops.order import argsort
from .parameters import Parameter, State, initial, parameters, state_key
from .reference import Outcome, run
from .region import Region
from .regions.derivative import derivative
from .regions.fixed_point import fixed_point
from .regions.host import host, register_host
from .regions.mixture import mixture
from .regions.ode import ode
from .regions.repeat import repeat
from .regions.reversible import reversible
from .regions.scan import scan
from .regions.surrogate import surrogate
from .regions.while_loop import while_loop
from .rewrites.backward import Backward, backward
from .rewrites.expand_node import expand_node
from .rewrites.flatten import flatten
from .rewrites.lift_parameters import Lifted, lift_parameters
from .rewrites.rename_axes import rename_axes
from .rewrites.reverse import reverse, value_and_gradient
from .rewrites.stream_softmax import stream_softmax
from .sizes import Size, SizeError
from .store import dumps, from_document, load, loads, save, to_document
from .store_json import line_json, parse_json
from .store_write import keys_of
from .trace import Wire, build, circuit
from .type_nodes import Record, out_wires
from .types import BOOL, COMPLEX, REAL, ROLES, ArrayType, Axis, Element, axis_name, axis_names, composed, parse_type
