"""Searches for a maximum: what is found, and every reason for not trusting it."""

from typing import NamedTuple

import numpy as np
import pytest

from goodwill.analytics.fits import Floats, Surface, maximise, refuse
from goodwill.analytics.results import Reason


class Two(NamedTuple):
    """Two parameters."""

    p: float
    q: float


def in_logs(value: float, slopes: list[float], bends: list[list[float]], at: Floats) -> Surface:
    """A surface given in log-parameters, as the search wants it: in the parameters themselves."""
    gradient = np.array(slopes) / at
    hessian = (np.array(bends) - np.diag(slopes)) / np.outer(at, at)
    return Surface(value, gradient, hessian)


def bowl(at: Floats) -> Surface:
    u, v = np.log(at)
    return in_logs(
        -50 * ((u - 1) ** 2 + 4 * (v + 1) ** 2), [-100 * (u - 1), -400 * (v + 1)], [[-100, 0], [0, -400]], at
    )


def two_hills(at: Floats) -> Surface:
    u, v = np.log(at)
    return in_logs(
        -100 * ((u * u - 1) ** 2 + v * v) + u,
        [-400 * u * (u * u - 1) + 1, -200 * v],
        [[-1200 * u * u + 400, 0], [0, -200]],
        at,
    )


def slope_without_end(at: Floats) -> Surface:
    u, v = np.log(at)
    return in_logs(100 * u - 50 * v * v, [100, -100 * v], [[0, 0], [0, -100]], at)


def ridge(at: Floats) -> Surface:
    u, v = np.log(at)
    return in_logs(-50 * (u - v) ** 2, [-100 * (u - v), 100 * (u - v)], [[-100, 100], [100, -100]], at)


def cliff(at: Floats) -> Surface:
    return bowl(at) if at[0] < 4 else Surface(np.nan, np.full(2, np.nan), np.full((2, 2), np.nan))


def climb(surface, *starts: Two):  # type: ignore[no-untyped-def]
    return maximise(surface, Two, starts, n=100, unique_rows=7)


def test_the_top_of_a_bowl_is_found_with_its_errors() -> None:
    fit = climb(bowl, Two(1, 1), Two(9, 0.1))
    assert fit.refused is None
    assert fit.params == pytest.approx((np.e, 1 / np.e))
    assert fit.errors == pytest.approx((np.e / 10, 1 / np.e / 20))
    assert fit.eigenvalues == pytest.approx((1.0, 4.0))
    assert fit.gradient < 1e-6
    assert (fit.n, fit.unique_rows, len(fit.starts)) == (100, 7, 2)
    low, high = fit.intervals()[0].low, fit.intervals()[0].high
    assert (low, high) == pytest.approx((np.e * np.exp(-0.19599640), np.e * np.exp(0.19599640)))
    assert fit.intervals()[0].as_json()["method"] == "wald_log"


def test_two_hills_are_two_modes_unless_all_starts_climb_one() -> None:
    fit = climb(two_hills, Two(np.exp(0.8), 1.5), Two(np.exp(-0.8), 1.5))
    assert (fit.refused, fit.params) == (Reason.TWO_MODES, None)
    assert fit.starts[0].ll > fit.starts[1].ll
    assert climb(two_hills, Two(2.5, 1), Two(3, 1)).refused is None


def test_a_slope_without_end_is_refused_for_its_gradient() -> None:
    fit = climb(slope_without_end, Two(1, 1))
    assert fit.refused is Reason.GRADIENT_NOT_SMALL
    assert fit.gradient == pytest.approx(1.0)


def test_a_ridge_is_refused_for_its_eigenvalue() -> None:
    fit = climb(ridge, Two(2, 3), Two(5, 1))
    assert fit.refused is Reason.EIGENVALUE_NOT_POSITIVE
    assert fit.eigenvalues[0] == pytest.approx(0, abs=1e-9)
    assert all(np.isnan(error) for error in fit.errors)


def test_the_search_steps_back_from_where_the_likelihood_is_no_number() -> None:
    assert climb(cliff, Two(0.05, 9)).params == pytest.approx((np.e, 1 / np.e))


def test_a_search_that_begins_nowhere_is_refused() -> None:
    fit = climb(cliff, Two(50, 1))
    assert fit.refused is Reason.GRADIENT_NOT_SMALL
    assert fit.as_json()["fit"]["starts"][0]["ll"] is None


def test_a_fit_prints_its_parameters_by_name_and_a_refusal_prints_none() -> None:
    shown = climb(bowl, Two(1, 1)).as_json()
    assert set(shown) == {"params", "se", "intervals", "ll", "fit", "refused"}
    assert list(shown["params"]) == ["p", "q"]
    assert set(shown["fit"]) == {"gradient", "min_eigenvalue", "starts"}
    refused = refuse(Two._fields, Reason.TOO_FEW_REPEATS, n=3, unique_rows=2).as_json()
    assert [refused[name] for name in ("params", "se", "intervals", "ll")] == [None] * 4
    assert refused["fit"] == {"gradient": None, "min_eigenvalue": None, "starts": []}
    assert refused["refused"] == "too_few_repeats"
