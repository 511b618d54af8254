import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from runtime import AdamW, Array, Data, DataError, Settings, Task, bigram_baseline, evaluate, load_data, train
from runtime.metrics import CHUNK, accuracy, asked_accuracy, choices, count_pairs, dice
from tests.runtime.toys import LastTwo, classification_loss, digits_task, next_token_loss, sequence_loss


def test_accuracy_counts_entries() -> None:
    outputs = torch.tensor([[[0.0, 1.0], [2.0, 1.0]], [[0.0, 1.0], [0.0, 3.0]]])
    total, count = accuracy("target")(outputs, {"target": torch.tensor([[1, 0], [0, 1]])})
    assert (int(total), count) == (3, 4)


def test_asked_accuracy_counts_what_is_asked() -> None:
    batch = {"target": torch.tensor([[1, 0, 1]]), "asked": torch.tensor([[False, True, True]])}
    outputs = F.one_hot(torch.tensor([[0, 0, 0]]), 2).float()
    total, count = asked_accuracy("target", "asked")(outputs, batch)
    assert (int(total), count) == (1, 2)


def test_dice_is_twice_the_overlap_over_the_sum() -> None:
    target = torch.tensor([[[1, 1], [0, 0]], [[0, 0], [0, 0]], [[1, 0], [0, 0]]])
    logits = torch.tensor([[[1.0, -1.0], [1.0, -1.0]], [[-1.0, -1.0], [-1.0, -1.0]], [[-1.0, 1.0], [-1, -1]]])
    total, count = dice("mask")(logits, {"mask": target})
    assert (float(total), count) == (0.5 + 1.0 + 0.0, 3)
    classes = torch.stack([-logits, logits], -1)
    assert float(dice("mask")(classes, {"mask": target})[0]) == 1.5


def test_outputs_that_hold_no_classes_are_refused() -> None:
    with pytest.raises(DataError) as caught:
        choices(torch.zeros(4, 10, 3), torch.zeros(4, 3, dtype=torch.int64))
    assert str(caught.value) == (
        "metric: expected outputs of shape [4, 3], or that and a last axis of classes, found [4, 10, 3]. "
        "Let the model return its classes on the last axis."
    )


@pytest.mark.parametrize("size", [1, 63, 359, 1000])
def test_evaluation_does_not_depend_on_the_batches(size: int) -> None:
    task = digits_task()
    model = task.build(0)
    model.train()
    values = evaluate(task, model, Settings(eval_batch_size=size))
    assert model.training
    model.eval()
    outputs = model(task.data.test["image"]).detach()
    right = (outputs.argmax(1) == task.data.test["label"]).float().mean()
    assert values["accuracy"] == pytest.approx(float(right), abs=1e-7)
    loss = float(classification_loss(outputs, dict(task.data.test)))
    assert values["loss"] == pytest.approx(loss, rel=1e-5)


class Constantly(nn.Module):
    """The same logits at each place."""

    def __init__(self, logits: Tensor) -> None:
        super().__init__()
        self.logits = nn.Parameter(logits)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.logits.expand(*tokens.shape, -1)


def test_perplexity_of_the_even_guess_is_the_number_of_symbols() -> None:
    data = load_data("text")
    v = data.sizes()["v"]
    values = evaluate(Task(Constantly(torch.zeros(v)), next_token_loss, data), Constantly(torch.zeros(v)), Settings())
    assert values["loss"] == pytest.approx(math.log(v), rel=1e-5)
    assert values["perplexity"] == pytest.approx(v, rel=1e-4)


def test_sequence_accuracy_of_one_answer() -> None:
    data = load_data("recall", s=2, n=4)
    model = Constantly(F.one_hot(torch.tensor(5), 8).float())
    values = evaluate(Task(model, sequence_loss, data), model, Settings())
    asked = data.test["target"][:, -1]
    assert values["accuracy"] == pytest.approx(float((asked == 5).float().mean()))


def test_bigram_baseline_by_hand() -> None:
    learned, held = torch.tensor([0, 1, 0, 1, 0, 0]), torch.tensor([0, 1, 1])
    arrays = (Array("tokens", "Natural(v)[t]", "in"), Array("target", "Natural(v)[t]", "out", "target"))
    splits = [{"tokens": line[None, :-1], "target": line[None, 1:]} for line in (learned, held)]
    sizes = {"v": 2, "t": 5}
    with pytest.raises(DataError):
        Data("ab", "Two letters.", "next_token", arrays, splits[0], splits[1], sizes)
    short = [{key: value[:, -2:] for key, value in split.items()} for split in splits]
    data = Data("ab", "Two letters.", "next_token", arrays, short[0], short[1], {"v": 2, "t": 2})
    # learned: 1 -> 0 and 0 -> 0; so p(0) = 3/4, p(1) = 1/4
    zero_to_one, one_to_one = (0 + 1 / 4) / (1 + 1), (0 + 1 / 4) / (1 + 1)
    expected = -(math.log(zero_to_one) + math.log(one_to_one)) / 2
    assert bigram_baseline(data) == pytest.approx(expected, rel=1e-12)


def test_counted_pairs_do_not_depend_on_the_chunks() -> None:
    tokens = torch.randint(5, (CHUNK + 7, 3), generator=torch.Generator().manual_seed(0))
    target = (2 * tokens + 1) % 5
    counts = count_pairs({"tokens": tokens, "target": target}, 5)
    assert int(counts.sum()) == tokens.numel()
    assert counts.sum(1).tolist() == tokens.flatten().bincount(minlength=5).tolist()
    assert all(int(counts[n, (2 * n + 1) % 5]) == int(counts[n].sum()) for n in range(5))


def test_bigrams_of_the_text_tell_more_than_letters_alone() -> None:
    data = load_data("text")
    counts = data.train["target"][:, -1].bincount(minlength=data.sizes()["v"]).double() + 1
    single = float(-(counts / counts.sum()).log()[data.test["target"].flatten()].mean())
    assert 2.2 < bigram_baseline(data) < 2.7 < 3.0 < single < 3.5
    with pytest.raises(DataError, match=r"^data 'digits': expected the kind next_token, found classify\. "):
        bigram_baseline(load_data("digits"))


def test_two_letters_of_context_beat_the_bigram_baseline() -> None:
    data = load_data("text")
    settings = Settings(steps=400, optimizer=AdamW(lr=1e-2), threads=1, batch_size=32)
    run = train(Task(lambda: LastTwo(data.sizes()["v"]), next_token_loss, data), settings)
    assert run.results["loss"] < bigram_baseline(data) - 0.1
