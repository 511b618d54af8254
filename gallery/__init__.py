"""The gallery: published architectures as circuits, one file an entry."""

from .catalogue import entries, entry, names
from .entry import Entry
