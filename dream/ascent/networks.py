"""Several networks for one picture: in turns, or their gradients brought to one size and added."""

from collections.abc import Sequence

import numpy as np

from dream.ascent.methods.step import Look
from dream.ascent.tiles import JitteredGradient
from dream.recipe import Objective, Sum, Term, singles


def by_network(objective: Objective, default: str) -> dict[str, tuple[Objective, float]]:
    """The parts of an objective by the network that they look into, each with the sum of its weights' sizes.

    Args:
        objective: of a recipe.
        default: the recipe's network, for parts that name none.
    """
    if len({one.network or default for one in singles(objective)}) == 1:
        return {singles(objective)[0].network or default: (objective, 1.0)}
    terms: dict[str, list[Term]] = {}
    for term in objective.terms if isinstance(objective, Sum) else ():
        terms.setdefault(term.objective.network or default, []).append(term)
    return {name: (_joined(own), sum(abs(term.weight) for term in own)) for name, own in terms.items()}


def _joined(terms: Sequence[Term]) -> Objective:
    """The terms of one network as one objective; a single one by itself, so that the method decides what it leaves open."""
    first = terms[0]
    return first.objective if len(terms) == 1 and first.weight > 0 else Sum(terms=tuple(terms))


def together(looks: Sequence[Look]) -> JitteredGradient:
    """The gradient of all networks at once: each one's brought to a mean size of one, weighted and added.

    Networks differ in the size of their gradients by orders of magnitude: unequalised, one of them would decide alone.
    """
    if len(looks) == 1:
        return looks[0].gradient

    def evaluate(picture: np.ndarray, jitter: int) -> tuple[float, np.ndarray]:
        whole, whole_score = np.zeros_like(picture), 0.0
        for look in looks:
            score, g = look.gradient(picture, jitter)
            whole += g * np.float32(look.weight / (np.abs(g).mean() + 1e-12))
            whole_score += look.weight * score
        return whole_score, whole

    return evaluate


class Turns:
    """The networks of an ascent one after the other, a step each, and the score of all."""

    def __init__(self, looks: Sequence[Look]) -> None:
        self._looks = looks
        self._scores: dict[int, float] = {}

    def look(self, step: int) -> Look:
        """The network whose turn it is."""
        return self._looks[step % len(self._looks)]

    def score(self, step: int, score: float) -> float:
        """The weighted mean of each network's last score, this step's included: a curve without the networks' levels."""
        self._scores[step % len(self._looks)] = score
        weights = [self._looks[number].weight for number in self._scores]
        return float(np.average(list(self._scores.values()), weights=weights))
