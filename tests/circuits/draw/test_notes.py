from circuits.draw.frame import item_bounds
from circuits.draw.notes import legend, note, room
from circuits.draw.scene import Path, Text
from circuits.draw.theme import Style

STYLE = Style()


def test_a_note_holds_its_words_on_its_ground() -> None:
    items = note(("The values are", "saved to memory."), 10, 20, STYLE, "saved")
    box = room(items)
    assert (box.left, box.top) == (10, 20)
    words = [item for item in items if isinstance(item, Text)]
    assert [word.text for word in words] == ["The values are", "saved to memory."]
    assert all(item_bounds(word).joined(box) == box for word in words)
    grounds = [item for item in items if isinstance(item, Path) and item.fill]
    assert [ground.fill for ground in grounds] == [STYLE.theme.note]


def test_a_legend_has_a_title_over_a_rule_and_equations() -> None:
    items = legend(("n_b=n_1/4", "c=2\\,b"), 0, 0, STYLE)
    assert [(item.text, item.font) for item in items if isinstance(item, Text)] == [
        ("Legend", "sans"),
        ("n_b=n_1/4", "math"),
        ("c=2\\,b", "math"),
    ]
    title, first, *_ = (item_bounds(item) for item in items if isinstance(item, Text))
    rule = item_bounds(items[-1])
    assert title.bottom < rule.top < first.top


def test_without_shadows_there_are_none() -> None:
    assert len(note(("a",), 0, 0, Style(shadows=False))) == 2
