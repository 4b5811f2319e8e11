"""The probabilities the simulated firm is drawn from: what a good report must find again."""

from goodwill.domain.simulated_cast import SITES
from goodwill.domain.simulated_firm import Truth

SHARE_RATED = 0.4
SHARE_CALL_BROKEN = 0.18
SHARE_INTERNAL_BROKEN = 0.22
SHARE_CANCELLED = 0.02
# Weights of the service scores 1…10 after each ending.
SCORES: dict[str, tuple[int, ...]] = {
    "kept": (0, 1, 1, 2, 4, 8, 16, 28, 26, 14),
    "broken_warned": (2, 3, 6, 10, 16, 20, 20, 14, 7, 2),
    "broken_silent": (14, 16, 18, 16, 13, 10, 7, 4, 2, 0),
}
PRODUCT_SCORES = (1, 1, 2, 3, 5, 9, 16, 26, 24, 13)


def truth() -> Truth:
    """What the simulated firm is drawn from, whatever the seed."""
    return Truth(
        share_broken={site.name: {name: p for name, (_, p) in site.carriers.items()} for site in SITES},
        share_warned={site.name: site.share_warned for site in SITES},
        share_call_broken=SHARE_CALL_BROKEN,
        share_internal_broken=SHARE_INTERNAL_BROKEN,
        score={
            ending: sum(score * weight for score, weight in enumerate(weights, 1)) / sum(weights)
            for ending, weights in SCORES.items()
        },
        share_rated=SHARE_RATED,
    )
