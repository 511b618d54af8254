"""What the gallery's circuits reach when trained as their entries say, on held-out data, with seed 0.

    python -m benchmarks.training [NAME ...]

Goals: vit_digits at least 97 % of the digits in under three minutes; both language models below the bigram baseline in
nats a character; unet a Dice coefficient above 0.9. One thread: sums then have the same order whatever the number of
cores, and nothing waits for a thread that a busy machine has put aside.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gallery import entry
from runtime import bigram_baseline, circuit_task, fitting_data, settings_for, train


@dataclass(frozen=True)
class Goal:
    """A result that is wanted: its name, whether it is met, and how it reads."""

    metric: str
    met: Callable[[float, float], bool]
    text: str


GOALS: Mapping[str, Goal] = {
    "vit_digits": Goal("accuracy", lambda found, seconds: found >= 0.97 and seconds < 180, ">= 0.97 in < 180 s"),
    "digit_classifier": Goal("accuracy", lambda found, seconds: found >= 0.9, ">= 0.9"),
    "identity_resnet": Goal("accuracy", lambda found, seconds: found >= 0.9, ">= 0.9"),
    "unet": Goal("dice", lambda found, seconds: found > 0.9, "> 0.9"),
    "lstm_language_model": Goal("loss", lambda found, seconds: found < BASELINE, "below the bigram baseline"),
    "gpt": Goal("loss", lambda found, seconds: found < BASELINE, "below the bigram baseline"),
}
BASELINE = bigram_baseline(fitting_data(entry("gpt").circuit, "text"))


def main() -> None:
    """Train, print the table; exit status 1 if a goal is missed."""
    names = sys.argv[1:] or list(GOALS)
    print(f"bigram baseline: {BASELINE:.3f} nats a character")
    print(f"{'circuit':<22}{'data':<8}{'steps':>6}{'seconds':>9}  {'metric':<10}{'found':>8}  goal", flush=True)
    missed = False
    for name in names:
        found, goal = entry(name), GOALS[name]
        settings = settings_for({**found.settings, "seed": 0, "threads": 1})
        run = train(circuit_task(found.circuit, fitting_data(found.circuit, found.data)), settings)
        value = run.results[goal.metric]
        good = goal.met(value, run.seconds)
        missed = missed or not good
        print(
            f"{name:<22}{found.data:<8}{run.step:>6}{run.seconds:>9.1f}  {goal.metric:<10}{value:>8.3f}  {goal.text}"
            f"{'' if good else '  MISSED'}",
            flush=True,
        )
    raise SystemExit(missed)


if __name__ == "__main__":
    main()
