"""The probabilities the simulated firm is drawn from: what a good report must find again."""

from goodwill.domain.simulated_cast import SITES
from goodwill.domain.simulated_firm import Truth

SHARE_RATED = 0.4
SHARE_CALL_BROKEN = 0.18
SHARE_INTERNAL_BROKEN = 0.22
SHARE_CANCELLED = 0.02
SHARE_DAMAGED = 0.02
# Weights of the service scores 1…10 after each ending.
SCORES: dict[str, tuple[int, ...]] = {
    "kept": (0, 1, 1, 2, 4, 8, 16, 28, 26, 14),
    "broken_warned": (2, 3, 6, 10, 16, 20, 20, 14, 7, 2),
    "broken_silent": (14, 16, 18, 16, 13, 10, 7, 4, 2, 0),
}
PRODUCT_SCORES = (1, 1, 2, 3, 5, 9, 16, 26, 24, 13)
DAMAGED_SCORES = (22, 20, 18, 14, 10, 7, 5, 3, 1, 0)
"""Weights of the product scores of a purchase that came damaged."""
WEAK_PRODUCT, WEAK_SCORES = "Path light, set of four", (6, 9, 12, 15, 17, 15, 12, 8, 4, 2)
"""One product is worse than the others."""


def truth() -> Truth:
    """What the simulated firm is drawn from, whatever the seed."""
    return Truth(
        share_broken={site.name: {name: p for name, (_, p) in site.carriers.items()} for site in SITES},
        share_warned={site.name: site.share_warned for site in SITES},
        share_call_broken=SHARE_CALL_BROKEN,
        share_internal_broken=SHARE_INTERNAL_BROKEN,
        score={ending: mean_overall(weights) for ending, weights in SCORES.items()},
        share_rated=SHARE_RATED,
    )


def overall(product: int, service: int) -> int:
    """What a customer says in one number: service weighs twice as much as the product."""
    return (product + 2 * service + 1) // 3


def mean_overall(weights: tuple[int, ...]) -> float:
    """The mean of `overall` where services are drawn by these weights and products by their own."""
    total = sum(
        overall(product, service) * product_weight * service_weight
        for product, product_weight in enumerate(PRODUCT_SCORES, 1)
        for service, service_weight in enumerate(weights, 1)
    )
    return total / (sum(PRODUCT_SCORES) * sum(weights))
