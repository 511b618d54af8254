from collections.abc import Callable

import pytest

from runtime import SettingsError, Timings, compare


class Bench:
    """A clock that only work moves forward, and slows down from one round to the next."""

    def __init__(self) -> None:
        self.now, self.order, self.drag = 0.0, "", 1.0

    def work(self, name: str, seconds: float) -> Callable[[], object]:
        def run() -> None:
            self.order += name
            self.drag += 0.01
            self.now += seconds * self.drag

        return run

    def clock(self) -> float:
        return self.now


def test_ratios_hold_although_the_machine_slows_down() -> None:
    bench = Bench()
    candidates = {"a": bench.work("a", 1.0), "b": bench.work("b", 3.0)}
    timings = compare(candidates, rounds=30, least_seconds=0.5, clock=bench.clock)
    assert timings.ratio("b", "a") == pytest.approx(3.0, rel=0.02)
    assert timings.ratio("a", "b") == pytest.approx(1 / 3, rel=0.02)
    assert timings.ratio("a", "a") == 1.0


def test_rounds_take_turns_at_beginning() -> None:
    bench = Bench()
    compare({name: bench.work(name, 1.0) for name in "abc"}, rounds=4, least_seconds=0.5, clock=bench.clock)
    assert bench.order == "abc" + "abc" + "bca" + "cab" + "abc"  # once each to find the number of calls


def test_short_work_is_called_often() -> None:
    bench = Bench()
    timings = compare({"a": bench.work("a", 1e-3)}, rounds=3, least_seconds=0.5, clock=bench.clock)
    assert len(bench.order) > 3 * 50
    assert timings.median("a") == pytest.approx(bench.drag * 1e-3, rel=0.5)


def test_real_work_twice_as_long_takes_longer() -> None:
    timings = compare({"once": lambda: sum(range(3000)), "thrice": lambda: sum(range(9000))}, least_seconds=2e-3)
    assert 1.5 < timings.ratio("thrice", "once") < 6


def test_the_table_shows_medians_and_ratios() -> None:
    timings = Timings({"plain": (0.001, 0.002, 0.003), "fused": (0.0005, 0.001, 0.0015)})
    assert timings.table("plain").splitlines() == [
        "plain       2.000 ms     1.000",
        "fused       1.000 ms     0.500",
    ]


def test_quartiles_tell_how_far_the_rounds_agree() -> None:
    timings = Timings({"a": (1.0, 2.0, 3.0, 4.0, 50.0), "b": (1.0, 1.0, 1.0, 1.0, 1.0)})
    assert timings.ratio("a", "b") == 3.0
    assert timings.quartiles("a", "b") == (2.0, 4.0)
    assert Timings({"a": (1.5,), "b": (1.0,)}).quartiles("a", "b") == (1.5, 1.5)


def test_nothing_to_compare_is_an_error() -> None:
    with pytest.raises(SettingsError) as caught:
        compare({})
    assert str(caught.value) == "compare: expected at least one of each, found 0 candidates, 15 rounds. Give both."
