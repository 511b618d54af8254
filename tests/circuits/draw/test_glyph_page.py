from circuits import REGISTRY
from tests.source_tree import ROOT
from tools.make_glyph_page import pages


def test_the_page_of_glyphs_is_what_is_made_of_the_ops() -> None:
    found = pages()
    written = {path: (ROOT / "docs" / path).read_text(encoding="utf-8") for path in found}
    changed = [path for path, text in found.items() if written[path] != text]
    assert changed == [], "run `python -m tools.make_glyph_page`"
    drawings = {path.stem for path in (ROOT / "docs" / "figures" / "glyphs").glob("*.svg")}
    assert drawings == set(REGISTRY)
    assert all(f"| `{name}` |" in found["glyphs.md"] for name in REGISTRY)
