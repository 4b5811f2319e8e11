"""Pictures of verdicts and plans: written where asked, and saying what the figures say."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from goodwill.analytics import plan_charts, verdict_charts
from goodwill.analytics.arms import from_arrays
from goodwill.analytics.plans import plan
from goodwill.analytics.trials import TrialResult, estimate
from goodwill.analytics.verdicts import Terms
from tests.analytics.designs import dice


def result(n: int) -> TrialResult:
    rng = dice("a chart")
    arms: dict[str, dict[str, np.ndarray]] = {
        arm: {"outcome": rng.normal(9, 1, n)} for arm in ("Brief für Ügyfél", "none")
    }
    found = estimate(from_arrays(arms), Terms(control="none"), outcome="spend", as_of=date(2026, 3, 2))
    assert isinstance(found, TrialResult)
    return found


@pytest.mark.parametrize(("n", "ending"), [(600, "png"), (60, "svg")])
def test_a_verdict_is_drawn_early_and_late(tmp_path: Path, n: int, ending: str) -> None:
    path = tmp_path / f"verdict.{ending}"
    verdict_charts.save(result(n), path)
    written = path.read_bytes()
    assert written.startswith(b"\x89PNG") if ending == "png" else "cannot tell" in written.decode()


def test_a_plan_is_drawn_with_its_own_effect_marked(tmp_path: Path) -> None:
    path = tmp_path / "plan.svg"
    plan_charts.save(plan(mean=10, sd=4, effect=0.5), path)
    assert "2,010 units for one look" in path.read_text()


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.png or \.svg"):
        verdict_charts.save(result(60), tmp_path / "verdict.pdf")
    with pytest.raises(ValueError, match=r"\.png or \.svg"):
        plan_charts.save(plan(mean=10, sd=4, effect=0.5), tmp_path / "plan.pdf")
