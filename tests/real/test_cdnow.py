"""The published figures of CDNOW's 1/10 sample (Fader & Hardie), to the digits they are printed with."""

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pytest
from click.testing import CliRunner

from goodwill.analytics import bgnbd, paretonbd
from goodwill.analytics.lifetime import MODELS, Lifetime, estimate, forecast
from goodwill.analytics.lifetime_files import Layout, read
from goodwill.analytics.purchases import Rows, Unit
from goodwill.analytics.results import Reason, Refused
from goodwill.cli.main import goodwill

pytestmark = pytest.mark.real
UNTIL = date(1997, 9, 30)
PUBLISHED_SPEND = ["24.65", "18.91", "35.17", "35.17", "35.17", "71.46", "18.91", "35.17", "27.28", "35.17"]
COLUMNS = {"customer": "2", "date": "3", "amount": "5"}
Results = dict[str, Lifetime]


def transactions(folder: Path) -> ir.Table:
    layout = Layout(COLUMNS, has_header=False, separator="space", date_format="%Y%m%d")
    table = read(folder / "cdnow" / "CDNOW_sample.txt", layout, with_amount=True)
    assert not isinstance(table, Refused)
    return table


@pytest.fixture(scope="module")
def fitted(shared_data: Path) -> Results:
    table = transactions(shared_data)
    found = {}
    for name in MODELS:
        result = estimate(table, name, until=UNTIL, with_spend=True)
        assert isinstance(result, Lifetime)
        found[name] = result
    return found


def params_of(result: Lifetime) -> Any:
    assert result.fit.params is not None
    return result.fit.params


def shown(values: object, digits: int) -> list[str]:
    return [f"{value:.{digits}f}" for value in values]  # type: ignore[attr-defined]


def test_the_sample_has_2357_customers_of_whom_946_came_back(fitted: Results) -> None:
    rows = fitted["bgnbd"].rows
    assert (rows.customers, rows.repeaters, int(rows.n @ rows.x)) == (2357, 946, 2457)


def test_bgnbd_finds_what_fader_hardie_and_lee_printed(fitted: Results) -> None:
    fit = fitted["bgnbd"].fit
    assert shown(fit.params, 4) == ["0.2426", "4.4136", "0.7929", "2.4259"]
    assert f"{fit.ll:.3f}" == "-9582.429"


def test_mbgnbd_finds_the_published_maximum_from_every_start(fitted: Results) -> None:
    fit = fitted["mbgnbd"].fit
    assert shown(fit.params, 3) == ["0.525", "6.183", "0.891", "1.614"]
    assert f"{fit.ll:.3f}" == "-9582.136"
    assert len(fit.starts) >= 3


def test_paretonbd_finds_the_published_parameters_and_standard_errors(fitted: Results) -> None:
    fit = fitted["paretonbd"].fit
    assert shown(fit.params, 3) == ["0.553", "10.578", "0.606", "11.669"]
    assert [*shown(fit.errors[:3], 4), f"{fit.errors[3]:.2f}"] == ["0.0476", "0.8427", "0.1873", "6.21"]
    assert f"{fit.ll:.1f}" == "-9595.0"


def test_gamma_gamma_finds_the_published_spend_of_946_customers(fitted: Results) -> None:
    spend = fitted["bgnbd"].spend
    assert spend is not None and spend.fit.params is not None
    assert spend.fit.n == 946
    assert shown(spend.fit.params, 2) == ["6.25", "3.74", "15.44"]
    assert f"{spend.fit.params.mean:.2f}" == "35.17"
    assert f"{spend.fit.ll:.3f}" == "-4055.918"


def test_bgnbd_expects_the_published_purchases_of_a_new_customer(fitted: Results) -> None:
    params = params_of(fitted["bgnbd"])
    expected = [bgnbd.expect_new(params, t) for t in (0.1429, 1, 3, 31.857, 32, 78)]
    assert shown(expected, 4) == ["0.0078", "0.0532", "0.1506", "1.0405", "1.0437", "1.8580"]


def test_the_most_frequent_customer_is_expected_as_published(fitted: Results) -> None:
    one = Rows(*(np.array([value]) for value in (26.0, 30.857, 31.0, 1.0)))
    for model, expected, alive in ((bgnbd, "25.76", "0.9689"), (paretonbd, "25.46", "0.9979")):
        params = params_of(fitted[model.NAME])
        assert f"{model.expect(params, one, 52)[0]:.2f}" == expected
        assert f"{model.alive(params, one)[0]:.4f}" == alive


def test_the_holdout_by_frequency_is_the_published_table(fitted: Results) -> None:
    backtest = fitted["bgnbd"].backtest
    assert backtest is not None
    assert shown([one.expected for one in backtest.bins], 3) == (
        ["0.225", "0.523", "1.044", "1.520", "2.164", "2.654", "3.504", "6.157"]
    )
    assert shown([one.actual for one in backtest.bins], 3) == (
        ["0.237", "0.697", "1.393", "1.560", "2.532", "2.947", "3.862", "6.359"]
    )
    assert (backtest.until, backtest.last) == (UNTIL, date(1998, 6, 30))


def test_the_first_ten_customers_spend_as_published(shared_data: Path, fitted: Results) -> None:
    table = forecast(transactions(shared_data), fitted["bgnbd"])
    spend = table.order_by("customer").limit(10).expected_spend.to_pyarrow().to_pylist()
    assert shown(spend, 2) == PUBLISHED_SPEND


def test_bgnbd_ranks_customers_backwards_by_p_alive_and_says_so(fitted: Results) -> None:
    result = fitted["bgnbd"]
    assert auc(result, "p_alive") == "0.316"
    assert Reason.ALIVE_IS_NO_CHURN_RISK in result.reasons
    rows = result.rows
    assert set(bgnbd.alive(params_of(result), rows)[rows.x == 0]) == {1.0}


def test_days_since_the_last_purchase_rank_as_well_as_any_model(fitted: Results) -> None:
    assert {auc(result, "recency") for result in fitted.values()} == {"0.771"}
    assert [auc(fitted[name], "expected_purchases") for name in ("bgnbd", "mbgnbd", "paretonbd")] == (
        ["0.773", "0.773", "0.779"]
    )
    assert auc(fitted["mbgnbd"], "p_alive") == "0.687"
    assert auc(fitted["paretonbd"], "p_alive") == "0.726"


def test_a_hiatus_of_13_weeks_is_right_more_often_than_paretos_p_alive(fitted: Results) -> None:
    right = {one.name: one.share_right for one in fitted["paretonbd"].backtest.baselines}  # type: ignore[union-attr]
    assert shown([100 * right["hiatus_13_weeks"], 100 * right["p_alive"]], 1) == ["77.9", "77.4"]  # type: ignore[operator]


def test_customers_bought_more_in_the_holdout_than_the_model_expects(fitted: Results) -> None:
    backtest = fitted["bgnbd"].backtest
    assert backtest is not None
    assert backtest.drift.has_drifted
    assert backtest.drift.holdout.low > backtest.drift.calibration
    assert backtest.errors.bias > 0


def test_the_rounded_summary_is_what_the_sample_makes(shared_data: Path, fitted: Results) -> None:
    with (shared_data / "cdnow" / "cdnow_customers_summary.csv").open() as file:
        known = sorted((float(r["frequency"]), float(r["recency"]), float(r["T"])) for r in csv.DictReader(file))
    rows = fitted["bgnbd"].rows
    ours = sorted(
        (x, t_x, T) for x, t_x, T, n in zip(rows.x, rows.t_x, rows.T, rows.n, strict=True) for _ in range(int(n))
    )
    assert np.allclose(known, ours, atol=0.0051)


def test_days_give_the_same_fit_in_another_unit(shared_data: Path, fitted: Results) -> None:
    in_days = estimate(transactions(shared_data), "paretonbd", until=UNTIL, unit=Unit.DAY)
    assert isinstance(in_days, Lifetime)
    r, alpha, s, beta = params_of(fitted["paretonbd"])
    assert np.allclose(params_of(in_days), (r, 7 * alpha, s, 7 * beta), rtol=1e-6)


def test_the_command_prints_the_four_models(shared_data: Path, tmp_path: Path) -> None:
    file = shared_data / "cdnow" / "CDNOW_sample.txt"
    layout = ["--columns", "customer=2,date=3,amount=5", "--no-header", "--sep", "space", "--date-format", "%Y%m%d"]
    expected = {"bgnbd": "-9582.429", "mbgnbd": "-9582.136", "paretonbd": "-9594.976"}
    for model, ll in expected.items():
        out = tmp_path / f"{model}.csv"
        done = CliRunner().invoke(
            goodwill,
            ["lifetime", str(file), "--model", model, "--spend", "--until", "1997-09-30", "--json", "--out", str(out),
             *layout],
        )  # fmt: skip
        assert done.exit_code == 0, done.output
        printed = json.loads(done.stdout)
        assert f"{printed['ll']:.3f}" == ll
        assert f"{printed['spend']['ll']:.3f}" == "-4055.918"
        assert printed["refused"] is None
        assert (printed["n"], printed["until"], printed["unit"]) == (2357, "1997-09-30", "week")
        with out.open() as written:
            assert sum(1 for _ in csv.DictReader(written)) == 2357


def test_the_master_file_is_read_with_its_header_and_its_gifts_are_refused_as_spend(shared_data: Path) -> None:
    layout = Layout({"customer": "customer_id", "amount": "dollar_value"}, separator="space")
    table = read(shared_data / "cdnow" / "CDNOW_master.txt", layout, with_amount=True)
    assert not isinstance(table, Refused)
    result = estimate(table, "bgnbd", until=UNTIL, with_spend=True)
    assert isinstance(result, Lifetime)
    assert (result.n, result.fit.refused) == (23570, None)
    assert result.spend is not None and result.spend.at is not None
    assert result.spend.fit.refused is Reason.MONEY_ZERO
    line = (shared_data / "cdnow" / "CDNOW_master.txt").read_text().splitlines()[result.spend.at.row or 0]
    assert line.split()[-1] == "0.00"


def auc(result: Lifetime, name: str) -> str:
    assert result.backtest is not None
    return f"{next(one.auc for one in result.backtest.baselines if one.name == name):.3f}"
