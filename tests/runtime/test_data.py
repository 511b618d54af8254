from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from runtime import Array, Data, DataError, Source, load_data, register, sources
from runtime.data import positions
from runtime.data.images import held_out, read_table
from runtime.data.synthetic import distinct_numbers
from runtime.data.text import split_topics, without_repeats

NAMES = [source.name for source in sources()]


@pytest.mark.parametrize("name", NAMES)
def test_batch_is_a_function_of_seed_and_step(name: str) -> None:
    data = load_data(name)
    forward = [data.batch(step, 16, seed=5) for step in range(6)]
    backward = [data.batch(step, 16, seed=5) for step in reversed(range(6))]
    for ours, theirs in zip(forward, reversed(backward), strict=True):
        assert all(torch.equal(ours[key], theirs[key]) for key in ours)
    other = data.batch(0, 16, seed=6)
    assert any(not torch.equal(forward[0][key], other[key]) for key in other)


@pytest.mark.parametrize("name", NAMES)
def test_batches_have_the_declared_arrays_and_sizes(name: str) -> None:
    data = load_data(name)
    sizes = data.sizes()
    for batch in (data.batch(3, 9, seed=0), next(data.test_batches(9))):
        for array in data.arrays:
            assert batch[array.name].shape == (9, *(sizes[axis] for axis in array.axes))
            assert batch[array.name].is_floating_point() == (array.element == "Real")
    assert data.inputs and data.targets and data.samples > data.test_samples > 100
    assert data.doc.endswith((".", ")."))


@pytest.mark.parametrize("name", NAMES)
def test_test_batches_hold_every_sample_once_and_in_order(name: str) -> None:
    data = load_data(name)
    for array in data.arrays:
        parts = [batch[array.name] for batch in data.test_batches(77)]
        assert torch.equal(torch.cat(parts), data.test[array.name])


@given(st.integers(1, 60), st.integers(1, 90), st.integers(0, 3), st.integers(1, 4))
def test_every_epoch_holds_every_sample_once(count: int, size: int, seed: int, epochs: int) -> None:
    steps = -(-epochs * count // size)
    stream = torch.cat([positions(step, size, count, seed) for step in range(steps)])
    assert len(stream) == steps * size
    for epoch in range(epochs):
        assert sorted(stream[epoch * count : (epoch + 1) * count].tolist()) == list(range(count))


def test_epochs_are_shuffled_anew() -> None:
    first, second = (positions(epoch, 100, 100, seed=0) for epoch in (0, 1))
    assert not torch.equal(first, second)
    assert not torch.equal(first, torch.arange(100))


def rows(data: Data, name: str) -> tuple[set[bytes], set[bytes]]:
    """The samples of one array in each split, as bytes."""
    splits = (data.train[name], data.test[name])
    train, test = ({row.numpy().tobytes() for row in split} for split in splits)
    return train, test


@pytest.mark.parametrize(("name", "array"), [("parity", "tokens"), ("discs", "image"), ("mnist", "image")])
def test_no_sample_is_in_both_splits(name: str, array: str) -> None:
    train, test = rows(load_data(name), array)
    assert train and test and not train & test


def test_digits_are_the_real_ones() -> None:
    data = load_data("digits")
    assert (data.samples, data.test_samples) == (1438, 359)
    every = torch.cat([data.train["label"], data.test["label"]])
    assert every.bincount().tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert data.train["image"].min() == 0 and data.train["image"].max() == 1
    assert load_data("digits", c=1).batch(0, 4, 0)["image"].shape == (4, 1, 8, 8)
    assert load_data("digits", c=1).sizes() == {"c": 1, "y": 8, "x": 8, "k": 10}


def test_mnist_holds_500_of_each_digit() -> None:
    data = load_data("mnist")
    every = torch.cat([data.train["label"], data.test["label"]])
    assert every.bincount().tolist() == [500] * 10
    assert (data.samples, data.test_samples, data.sizes()["x"]) == (4000, 1000, 28)


def test_splits_do_not_depend_on_the_seed_or_the_machine() -> None:
    assert held_out("digits", 30, 0.2).nonzero().flatten().tolist() == [4, 10, 13, 18, 20, 24]


def test_text_targets_are_the_next_characters() -> None:
    data = load_data("text", t=32)
    for split in (data.train, data.test):
        assert torch.equal(split["tokens"][:, 1:], split["target"][:, :-1])
    assert torch.equal(data.train["tokens"][1:, 0], data.train["tokens"][:-1, 1])  # from every place
    assert torch.equal(data.test["tokens"][1:, 0], data.test["target"][:-1, -1])  # one behind the other
    assert data.sizes() == {"t": 32, "v": len(data.symbols)}
    assert 'The "assert" statement' in "".join(data.symbols[n] for n in data.train["tokens"][:, 0].tolist())


def test_text_keeps_a_paragraph_where_it_first_stands() -> None:
    pages = {"b": "two\n\nthree", "a": "one\n\ntwo\n\n one\n\nfour", "c": "one"}
    assert without_repeats(pages) == {"a": "one\n\ntwo\n\nfour", "b": "three"}


def test_text_holds_whole_pages_out() -> None:
    pages = {name: name * 100 for name in "abcdefghij"}
    learned, held = split_topics(pages)
    assert len(held) == 100 and set(held) <= set(pages)
    assert learned.split("\n\n") == [pages[name] for name in sorted(pages) if pages[name] != held]


def test_no_paragraph_of_the_text_is_in_both_splits() -> None:
    data = load_data("text")
    learned, held = (
        paragraphs("".join(data.symbols[n] for n in split["tokens"][:, :stride].flatten().tolist()))
        for split, stride in ((data.train, 1), (data.test, 64))
    )
    assert len(learned) > 1000 and len(held) > 100
    assert {part for part in learned & held if len(part) > 1} == set()


def paragraphs(text: str) -> set[str]:
    return {part.strip() for part in text.split("\n\n")}


def test_parity_is_the_parity() -> None:
    data = load_data("parity", t=7)
    assert torch.equal(data.train["tokens"].sum(1) % 2, data.train["label"])
    assert data.samples + data.test_samples == 2**7
    assert len(torch.unique(torch.cat([data.train["tokens"], data.test["tokens"]]), dim=0)) == 2**7


@pytest.mark.parametrize("bits", [4, 16, 17, 40, 62])
def test_distinct_numbers_are_distinct_and_in_range(bits: int) -> None:
    numbers = distinct_numbers(min(5000, 2**bits), bits)
    assert len(set(numbers.tolist())) == len(numbers) == min(5000, 2**bits)
    assert int(numbers.min()) >= 0 and int(numbers.max()) < 2**bits
    assert not torch.equal(numbers, numbers.sort().values)


def test_copy_asks_for_what_was_written() -> None:
    data = load_data("copy", s=5, n=6)
    tokens, target, asked = (data.train[name] for name in ("tokens", "target", "asked"))
    assert torch.equal(tokens[:, :5], target[:, 6:]) and int(tokens[:, :5].max()) == 5
    assert (tokens[:, 5] == 6).all() and (tokens[:, 6:] == 7).all()
    assert asked.tolist()[0] == [False] * 6 + [True] * 5


def test_recall_asks_for_the_value_of_a_key() -> None:
    data = load_data("recall", s=4, n=9)
    for tokens, target, asked in zip(*(data.test[name] for name in ("tokens", "target", "asked")), strict=True):
        pairs = {int(key): int(value) for key, value in tokens[:8].reshape(4, 2)}
        assert len(pairs) == 4
        assert pairs[int(tokens[8])] == int(target[8])
        assert asked.nonzero().tolist() == [[8]]


def test_discs_are_bright_where_the_mask_is() -> None:
    data = load_data("discs", y=24, x=40)
    image, mask = data.train["image"], data.train["mask"]
    assert image.shape[1:] == mask.shape[1:] == (24, 40)
    assert image[mask == 1].mean() > 0.7 and abs(image[mask == 0].mean()) < 0.01
    area = mask.flatten(1).sum(1)
    assert int(area.min()) >= 10 and float(area.float().std()) > 5


def test_digest_tells_data_apart_and_is_steady() -> None:
    digests = [load_data(name).digest for name in NAMES]
    assert len(set(digests)) == len(NAMES)
    assert load_data("text", t=8).digest != load_data("text", t=9).digest
    assert load_data("digits").digest == read_again("digits").digest


def read_again(name: str) -> Data:
    """A data set built anew."""
    (source,) = (source for source in sources() if source.name == name)
    return source.build(**{option.name: option.default for option in source.options})


def tiny(**changes: object) -> Data:
    """A data set of two samples, with something changed."""
    arrays = (Array("a", "Real[m]", "numbers"), Array("b", "Natural(k)[]", "classes", "target"))
    split = {"a": torch.zeros(2, 3), "b": torch.tensor([0, 1])}
    values: dict[str, object] = {"train": split, "test": split, "axis_sizes": {"m": 3, "k": 2}}
    return Data("tiny", "Two samples.", "classify", arrays, **{**values, **changes})  # type: ignore[arg-type]


SPLIT = {"a": torch.zeros(2, 3), "b": torch.tensor([0, 1])}
OPTIONS = "digits, mnist, text, parity, copy, recall, discs"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: load_data("digts"),
            f"data: expected one of {OPTIONS}, found 'digts'. Choose one of them. Did you mean 'digits'?",
        ),
        (
            lambda: load_data("copy", m=3, s=0),
            "data 'copy': expected one of the options s, n, found 'm'. Remove it.\n"
            "data 'copy', option 's': expected a whole number from 1 to 256, found 0. "
            "Change it, or leave it out for 8.",
        ),
        (
            lambda: load_data("recall", s=8, n=4),
            "data 'recall', option 'n': expected at least s=8 keys, found 4. Raise n or lower s.",
        ),
        (
            lambda: register(Source("text", "next_token", lambda: tiny(), ())),
            "data: expected a new name, found 'text', which is taken. Choose another name.",
        ),
        (
            lambda: tiny(train={"a": SPLIT["a"]}),
            "data 'tiny', train: expected the arrays ['a', 'b'], found ['a']. Name them alike.",
        ),
        (
            lambda: tiny(test={"a": SPLIT["a"], "b": torch.tensor([1])}),
            "data 'tiny', test: expected the same number of samples, above 0, found a: 2, b: 1. Add the missing ones.",
        ),
        (
            lambda: tiny(axis_sizes={"m": 4, "k": 1}),
            "data 'tiny', train, 'a': expected samples of shape [4], found [3]. Change the type or sizes.\n"
            "data 'tiny', train, 'b': expected values from 0 to 0, found 0 to 1. Change the bound or the values.\n"
            "data 'tiny', test, 'a': expected samples of shape [4], found [3]. Change the type or sizes.\n"
            "data 'tiny', test, 'b': expected values from 0 to 0, found 0 to 1. Change the bound or the values.",
        ),
        (
            lambda: tiny(axis_sizes={"m": 3}, test=SPLIT),
            "data 'tiny', train, 'b': expected a size for ['k'], found {'m': 3}. Add the size.\n"
            "data 'tiny', test, 'b': expected a size for ['k'], found {'m': 3}. Add the size.",
        ),
        (
            lambda: Array("a", "Real y x", ""),
            "a: expected a type such as 'Real[y x]', found 'Real y x'. Write element[axes].",
        ),
        (
            lambda: read_table("none", "no-such", "no_such_package", "a.csv.gz"),
            "data 'none': expected the package 'no-such', found no package 'no_such_package'. "
            "Install it: pip install no-such.",
        ),
    ],
)
def test_what_cannot_be_had_is_refused_in_whole_sentences(make: Callable[[], object], message: str) -> None:
    with pytest.raises(DataError) as caught:
        make()
    assert str(caught.value) == message


def test_a_registered_source_can_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.data.registry._SOURCES", {})
    register(Source("tiny", "classify", tiny, ()))
    assert load_data("tiny").samples == 2
    assert [source.doc for source in sources()] == ["A data set of two samples, with something changed."]
