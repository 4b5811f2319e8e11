"""Maximum likelihood with its evidence: slopes, curvature, several starts, and the reasons to refuse."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import norm

from goodwill.analytics.results import Interval, Reason

Floats = NDArray[np.float64]
LEVEL = 0.95
SLOPE = 1e-6
"""Steepest slope allowed at the end: of the mean log-likelihood, in the logarithms of the parameters."""
FLATTEST = 1e-9
"""Curvature, as a share of the greatest one, below which rounding cannot tell it from zero."""
APART = 1e-3
"""Ends whose log-parameters differ by more than this are different modes."""
_FAR = 30.0
"""No log-parameter is tried beyond this: e^30 is the edge of the plane, not an estimate."""


class Surface(NamedTuple):
    """A log-likelihood at one point: its value, gradient and Hessian in the parameters themselves."""

    ll: float
    gradient: Floats
    hessian: Floats


@dataclass(frozen=True, slots=True)
class Start:
    """Where one search began and ended (the parameters themselves), how high, and how steep it still was."""

    began: tuple[float, ...]
    ended: tuple[float, ...]
    ll: float
    gradient: float
    steps: int


P = TypeVar("P", bound=tuple[Any, ...])


@dataclass(frozen=True, slots=True)
class Fit(Generic[P]):
    """A maximum-likelihood fit; `params` is None where it is refused, so that nobody can use it by mistake.

    `errors` and `covariance` come from the inverse of minus the Hessian at the maximum. `gradient` is the steepest
    slope of the mean log-likelihood in log-parameters, `eigenvalues` those of minus its Hessian, ascending.
    """

    names: tuple[str, ...]
    params: P | None
    errors: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    ll: float
    n: int
    unique_rows: int
    gradient: float
    eigenvalues: tuple[float, ...]
    starts: tuple[Start, ...]
    refused: Reason | None = None

    def intervals(self) -> tuple[Interval, ...]:
        """Wald intervals on the log scale, so that no end is negative; none where the fit is refused."""
        if self.params is None:
            return ()
        z = float(norm.ppf((1 + LEVEL) / 2))
        factors = [float(np.exp(z * se / value)) for value, se in zip(self.params, self.errors, strict=True)]
        return tuple(
            Interval(value, value / factor, value * factor, LEVEL, "wald_log")
            for value, factor in zip(self.params, factors, strict=True)
        )

    def as_json(self) -> dict[str, object]:
        """The wire shape: `params`, `se`, `intervals` by name, `ll`, and `fit` with the facts of convergence."""
        if self.params is None:
            known: dict[str, object] = dict.fromkeys(("params", "se", "intervals", "ll"))
        else:
            known = {
                "params": dict(zip(self.names, self.params, strict=True)),
                "se": dict(zip(self.names, self.errors, strict=True)),
                "intervals": {n: i.as_json() for n, i in zip(self.names, self.intervals(), strict=True)},
                "ll": self.ll,
            }
        return known | {
            "fit": {
                "gradient": self.gradient if self.starts else None,
                "min_eigenvalue": self.eigenvalues[0] if self.eigenvalues else None,
                "starts": [self._walk(start) for start in self.starts],
            },
            "refused": None if self.refused is None else str(self.refused),
        }

    def _walk(self, start: Start) -> dict[str, object]:
        return {
            "began": dict(zip(self.names, start.began, strict=True)),
            "ended": dict(zip(self.names, start.ended, strict=True)),
            "ll": start.ll if np.isfinite(start.ll) else None,
            "gradient": start.gradient,
            "steps": start.steps,
        }


def refuse(names: tuple[str, ...], reason: Reason, *, n: int, unique_rows: int) -> Fit[Any]:
    """A fit refused before any search was made."""
    nan = float("nan")
    return Fit(names, None, (), (), nan, n, unique_rows, nan, (), (), reason)


def maximise(
    surface: Callable[[Floats], Surface], shape: type[P], starts: Sequence[P], *, n: int, unique_rows: int
) -> Fit[P]:
    """Find the highest point of a log-likelihood from several starts, or the reason why there is none to trust.

    The question is which parameters make the rows most likely, and how sharply. The population is the `n` units whose
    log-likelihood `surface` sums; the window is theirs. The method is Newton's in a trust region (Conn, Gould & Toint
    2000) on the logarithms of the parameters, from each of `starts`; standard errors are from the observed
    information (Efron & Hinkley 1978). It cannot tell a maximum that none of the starts leads to, nor whether the
    model is true.
    """
    names: tuple[str, ...] = shape._fields  # type: ignore[attr-defined]
    ends = [_climb(surface, np.log(np.asarray(start, dtype=float)), n) for start in starts]
    best = max((end for end, _ in ends), key=lambda end: end.ll)
    slope = _slope(best, n)
    curvature = -best.hessian / n
    eigenvalues: Floats = np.linalg.eigvalsh(curvature).astype(float)
    walks = tuple(
        Start(tuple(start), tuple(np.exp(end.at).tolist()), end.ll, _slope(end, n), taken)
        for start, (end, taken) in zip(starts, ends, strict=True)
    )
    refused = _reason(slope, eigenvalues, best, [end for end, _ in ends], n)
    covariance = np.full((len(names), len(names)), np.nan)
    if refused is None:
        theta = np.exp(best.at)
        covariance = np.linalg.inv(curvature * n) * np.outer(theta, theta)
    return Fit(
        names=names,
        params=None if refused else shape(*np.exp(best.at).tolist()),
        errors=tuple(np.sqrt(np.diag(covariance)).tolist()),
        covariance=tuple(tuple(row) for row in covariance.tolist()),
        ll=best.ll,
        n=n,
        unique_rows=unique_rows,
        gradient=slope,
        eigenvalues=tuple(eigenvalues.tolist()),
        starts=walks,
        refused=refused,
    )


class _Point(NamedTuple):
    """A point in log-parameters with the surface there, its slopes in log-parameters too."""

    at: Floats
    ll: float
    gradient: Floats
    hessian: Floats


def _look(surface: Callable[[Floats], Surface], at: Floats) -> _Point:
    theta = np.exp(np.clip(at, -_FAR, _FAR))
    here = surface(theta)
    if not (np.isfinite(here.ll) and np.all(np.isfinite(here.gradient)) and np.all(np.isfinite(here.hessian))):
        # a place no step may end in; the round bowl only keeps the search's arithmetic going
        return _Point(at, -np.inf, np.zeros_like(at), -np.eye(len(at)))
    # chain rule: d/d ln θ = θ d/dθ, and once more
    slopes = here.gradient * theta
    bends = here.hessian * np.outer(theta, theta) + np.diag(slopes)
    return _Point(at, here.ll, slopes, bends)


def _climb(surface: Callable[[Floats], Surface], start: Floats, n: int) -> tuple[_Point, int]:
    """The end of one search, and how many steps it took; the mean log-likelihood keeps sizes comparable."""
    seen: dict[bytes, _Point] = {}

    def look(at: Floats) -> _Point:
        key = at.tobytes()
        if key not in seen:
            seen.clear()
            seen[key] = _look(surface, at)
        return seen[key]

    with np.errstate(all="ignore"):
        walk = minimize(
            lambda at: -look(at).ll / n,
            start,
            jac=lambda at: -look(at).gradient / n,
            hess=lambda at: -look(at).hessian / n,
            method="trust-exact",
            options={"gtol": SLOPE, "maxiter": 100, "initial_trust_radius": 1.0, "max_trust_radius": 4.0},
        )
        end = look(walk.x)
        # one last Newton step where the bowl is round: the trust region stops at its tolerance, this at rounding
        if np.linalg.eigvalsh(-end.hessian)[0] > 0:
            polished = look(walk.x - np.linalg.solve(end.hessian, end.gradient))
            if _slope(polished, n) < _slope(end, n):
                end = polished
    return end, int(walk.nit)


def _slope(point: _Point, n: int) -> float:
    return float(np.max(np.abs(point.gradient)) / n)


def _reason(slope: float, eigenvalues: Floats, best: _Point, ends: list[_Point], n: int) -> Reason | None:
    if slope > SLOPE or not np.isfinite(best.ll):
        return Reason.GRADIENT_NOT_SMALL
    if eigenvalues[0] <= FLATTEST * eigenvalues[-1]:
        return Reason.EIGENVALUE_NOT_POSITIVE
    if any(_slope(end, n) <= SLOPE and np.max(np.abs(end.at - best.at)) > APART for end in ends):
        return Reason.TWO_MODES
    return None
