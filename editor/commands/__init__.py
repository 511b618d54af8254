"""Every gesture as a command: frozen data that is applied to a document, logged, undone and replayed."""

from .applying import Applied, apply, reasons
from .base import REGISTRY, Command, CommandError, read
from .definitions import EditDefinition, Together
from .face import AddInput, AddOutput, RemoveInput, RemoveOutput, SetInput, SetOutput
from .nodes import AddCall, AddNode, RemoveNodes, RenameNode, SetAttribute, SetWeights
from .wires import Connect, Disconnect
