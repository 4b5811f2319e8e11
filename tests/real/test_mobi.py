"""ECSI's survey of 250 mobile phone customers: expectations, satisfaction, complaints and recommending, as counted."""

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray

from goodwill.analytics import gaps, ratings, recommendations
from goodwill.cli.main import goodwill

pytestmark = pytest.mark.real
DAY = date(2005, 1, 1)
Columns = dict[str, NDArray[np.float64]]


@pytest.fixture(scope="module")
def mobi(shared_data: Path) -> Path:
    return shared_data / "ecsi_mobi" / "mobi.csv"


@pytest.fixture(scope="module")
def answers(mobi: Path) -> Columns:
    with mobi.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def test_perceived_quality_is_364_thousandths_above_what_was_expected(answers: Columns) -> None:
    found = gaps.compare(answers["CUEX1"], answers["PERQ1"], about="quality", as_of=DAY)
    assert isinstance(found, gaps.Gap)
    assert (found.n, found.below) == (250, 60)
    assert (found.expected.value, found.perceived.value, found.gap.value) == pytest.approx((7.58, 7.944, 0.364))
    assert found.gap.low > 0


def test_net_promoters_are_fourteen_points_give_or_take_ten(answers: Columns) -> None:
    found = recommendations.score(answers["CUSL3"], as_of=DAY)
    assert isinstance(found, recommendations.NetPromoters)
    assert (found.promoters, found.detractors) == (95, 60)
    assert found.score is not None
    assert found.score.value == pytest.approx(14.0)
    assert (round(found.score.low, 1), round(found.score.high, 1)) == (4.3, 23.4)


def test_satisfaction_is_7_988_and_complaints_are_handled_at_7_068(answers: Columns) -> None:
    whole = ratings.rate(answers["CUSA1"], top_from=9, as_of=DAY)
    complaints = ratings.rate(answers["CUSCO"], top_from=9, as_of=DAY)
    assert isinstance(whole, ratings.Satisfaction)
    assert isinstance(complaints, ratings.Satisfaction)
    assert (whole.mean.value, complaints.mean.value) == pytest.approx((7.988, 7.068))
    assert 100 * whole.top.value == pytest.approx(26.8)


def test_correlations_with_recommending_are_those_counted(mobi: Path) -> None:
    def ask(outcome: str, drivers: str) -> dict[str, Any]:
        words = ["drivers", str(mobi), "--outcome", outcome, "--drivers", drivers, "--json"]
        result = CliRunner().invoke(goodwill, words)
        assert result.exit_code == 0, result.output
        return {one["driver"]: one for one in json.loads(result.stdout)["drivers"]}

    found = ask("CUSL3", "CUSA1,CUSCO")
    assert round(found["CUSA1"]["r"]["value"], 5) == 0.52094
    assert round(found["CUSCO"]["r"]["value"], 6) == 0.447873
    assert round(ask("CUSA1", "CUEX1")["CUEX1"]["r"]["value"], 6) == 0.324662
