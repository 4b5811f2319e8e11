"""What several tests of the API share."""

import pytest

from goodwill.api import limits


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests are not counted: the first of each minute asks the shared count, and a minute may begin at any time."""

    def let_go_on(token_id: int, *, at: object) -> None:
        del token_id, at

    monkeypatch.setattr(limits, "take", let_go_on)
