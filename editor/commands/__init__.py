"""Every gesture as a command: frozen data that is applied to a document, logged, undone and replayed."""

from .applying import Applied, apply, reasons
from .base import REGISTRY, Command, CommandError, read
from .bypass import Disable, Enable
from .definitions import EditDefinition, Together
from .face import AddInput, AddOutput, RemoveInput, RemoveOutput, SetInput, SetOutput
from .fixes import ApplyFix, fixes
from .fragments import Duplicate, Import, Paste, fragment
from .guesses import Fix
from .nodes import AddCall, AddNode, RemoveNodes, RenameNode, SetAttribute, SetWeights, Tie
from .sizes import RenameAxis, SetAxis, SetConstraint, SetDoc, SetSize
from .subcircuits import Expand, MakeSubcircuit, WrapRepeat, WrapScan
from .views import Collapse, Colour, Float, Frame, Note, Open, OrderHint, Pin, Tidy
from .wires import Connect, Disconnect, Feed
