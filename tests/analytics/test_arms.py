"""Sufficient statistics: what one pass over the units must keep, to the last digit that matters."""

import ibis
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodwill.analytics.arms import fetch, from_arrays, gather, measure, merge, sum_up
from tests.analytics.designs import dice

NUMBERS = st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), min_size=2, max_size=30)


def test_one_pass_keeps_what_the_arrays_say() -> None:
    rng = dice("one pass")
    arms = {name: {"y": rng.gamma(1, 9, 500), "x": rng.normal(3, 2, 500)} for name in ("letter", "none")}
    found = gather(from_arrays(arms), by=["arm"], columns=["y", "x"])
    assert list(found) == [("letter",), ("none",)]
    for (arm,), moments in found.items():
        y, x = arms[arm]["y"], arms[arm]["x"]
        assert moments.n == 500
        assert moments.mean({"y": 2.0, "x": -1.0}) == pytest.approx((2 * y - x).mean(), rel=1e-12)
        assert moments.variance({"y": 2.0, "x": -1.0}) == pytest.approx((2 * y - x).var(ddof=1), rel=1e-12)
        assert moments.covariance({"y": 1.0}, {"x": 1.0}) == pytest.approx(np.cov(y, x)[0, 1], rel=1e-10)


def test_large_means_do_not_drown_small_spreads() -> None:
    y = 1e9 + dice("large means").normal(0, 1, 5000)
    moments = gather(from_arrays({"all": {"y": y}}), by=["arm"], columns=["y"])[("all",)]
    assert moments.variance({"y": 1.0}) == pytest.approx(y.var(ddof=1), rel=1e-6)


def test_the_statistics_are_one_query_with_one_scan() -> None:
    table = ibis.table({"arm": "string", "y": "float64", "x": "float64"}, name="units")
    sql = str(ibis.to_sql(sum_up(table, by=["arm"], columns=["y", "x"]), dialect="duckdb"))
    assert sql.upper().count('"UNITS"') == 1
    assert set(sum_up(table, by=["arm"], columns=["y", "x"]).columns) == {
        "arm", "n", "s_0", "s_1", "s_0_0", "s_0_1", "s_1_1",
    }  # fmt: skip


@given(NUMBERS, NUMBERS)
def test_parts_merge_into_the_whole(one: list[tuple[float, float]], other: list[tuple[float, float]]) -> None:
    parts = [measure({"y": np.array([a for a, _ in p]), "x": np.array([b for _, b in p])}) for p in (one, other)]
    both = one + other
    whole = measure({"y": np.array([a for a, _ in both]), "x": np.array([b for _, b in both])})
    merged = merge(parts)
    assert merged.n == whole.n
    assert np.allclose(merged.means, whole.means, atol=1e-9)
    assert np.allclose(merged.products, whole.products, rtol=1e-9, atol=1e-6)


def test_one_unit_has_no_variance() -> None:
    assert np.isnan(measure({"y": np.array([3.0])}).variance({"y": 1.0}))


def test_few_rows_come_as_arrays() -> None:
    table = from_arrays({"a": {"y": np.array([1.0, 2.0])}})
    assert fetch(table, ["y"])["y"].tolist() == [1.0, 2.0]
