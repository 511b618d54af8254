"""The gallery: published architectures as circuits, one file an entry."""

from .catalogue import entries, entry
from .entry import Entry
