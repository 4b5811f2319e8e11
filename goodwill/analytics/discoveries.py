"""Many questions at once: which of them may be called answered."""

from collections.abc import Mapping

import numpy as np


def adjust(p: Mapping[str, float]) -> dict[str, float]:
    """Each question's q: the false-discovery rate at which it would be the last one to be called a discovery.

    The question is which of many effects are real when some will look so by luck. The population is all the questions
    that were asked, not only those that came out well. The method is Benjamini & Hochberg's (1995), valid for
    independent or positively dependent questions. It cannot protect one single answer, only the share of false ones
    among those called real. Raises ValueError for a p that is no probability.
    """
    values = np.array(list(p.values()), dtype=float)
    if not np.all((values >= 0) & (values <= 1)):
        raise ValueError("a p lies between 0 and 1")
    order = np.argsort(-values, kind="stable")
    rank = len(values) - np.arange(len(values))
    q = np.empty_like(values)
    q[order] = np.minimum.accumulate(np.minimum(values[order] * len(values) / rank, 1.0))
    return dict(zip(p, q.tolist(), strict=True))
