"""Where documents are kept: workspaces, logs of gestures, kept states, named versions, parts."""

from .database import Database, StoreError
from .library import Library, Part
from .seats import Seat, leave, leave_all, take_seat
from .stored_log import StoredLog
from .workspace import Listed, Version, Workspace
