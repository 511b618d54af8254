"""A circuit in a link: its document, compressed, in letters that a URL takes as they are.

The text may come from anybody: it is limited before and after it is unpacked, and read like any file of a stranger.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib

from circuits import Circuit, DocumentError, Problem, from_document, parse_json, to_document

MARK = "c1."
MAX_LINK = 8_000
MAX_PACKED = 2_000_000
MAX_UNPACKED = 20_000_000
_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")


def packed(circuit: Circuit) -> str:
    """A circuit as text of letters, digits, `-`, `_` and a dot; raises DocumentError for what no document can hold."""
    plain = json.dumps(to_document(circuit), ensure_ascii=False, separators=(",", ":"))
    data = zlib.compress(plain.encode(), 9)
    return MARK + base64.urlsafe_b64encode(data).decode().rstrip("=")


def link(circuit: Circuit) -> str | None:
    """The circuit as text for a link; None where it is too long for one, so that a file has to be sent."""
    text = packed(circuit)
    return text if len(text) <= MAX_LINK else None


def unpacked(text: str) -> Circuit:
    """The circuit in such a text; raises DocumentError for any other."""
    text = text.strip()
    if not text.startswith(MARK):
        raise _wrong(f"a text that begins with '{MARK}'", repr(text[:8]), "Copy the whole link.")
    if len(text) > MAX_PACKED:
        raise _wrong(f"at most {MAX_PACKED:,} characters", f"{len(text):,}", "Send a file instead.")
    body = text[len(MARK) :]
    if not _ALPHABET.fullmatch(body):
        raise _wrong("letters, digits, '-' and '_'", "others", "Copy the link again.")
    return from_document(parse_json(_inflated(body), "link"))


def _inflated(body: str) -> bytes:
    inflater = zlib.decompressobj()
    try:
        data = inflater.decompress(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)), MAX_UNPACKED)
    except (binascii.Error, zlib.error) as error:
        raise _wrong("a packed circuit", f"damaged data ({error})", "Copy the whole link.") from None
    if inflater.unconsumed_tail:
        raise _wrong(f"at most {MAX_UNPACKED:,} bytes unpacked", "more", "Send a file instead.")
    if not inflater.eof:
        raise _wrong("a packed circuit", "only the beginning of one", "Copy the whole link.")
    return data


def _wrong(expected: str, found: str, fix: str) -> DocumentError:
    return DocumentError([Problem("link", expected, found, fix)])
