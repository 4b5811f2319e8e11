"""Findings: the newest answer to each question that the worker asks of the lake."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from goodwill.domain.roles import May, Scope
from goodwill.domain.viewers import Viewer
from goodwill.store.findings import Finding


@dataclass(frozen=True, slots=True)
class Found:
    """One answer: figures in `result`, or the reason why there are none in `refused`."""

    name: str
    question: str
    recipe: str
    parameters: dict[str, Any]
    as_of: datetime
    computed_at: datetime
    engine: str
    n: int
    grade: str
    refused: str
    result: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The wire shape."""
        return {
            "name": self.name,
            "question": self.question,
            "recipe": self.recipe,
            "parameters": self.parameters,
            "as_of": self.as_of.isoformat(),
            "computed_at": self.computed_at.isoformat(),
            "engine": self.engine,
            "n": self.n,
            "grade": self.grade,
            "refused": self.refused or None,
            "result": self.result,
        }


def latest(viewer: Viewer) -> list[Found]:
    """The newest answer to each question, by name; raises PermissionError for whoever may not read reports on the
    whole firm."""
    if not viewer.may(May.SEE_REPORTS) or viewer.scope is not Scope.ALL:
        raise PermissionError("findings are about the whole firm")
    newest: dict[str, Finding] = {}
    for row in Finding.objects.order_by("name", "as_of"):
        newest[row.name] = row
    fields = Found.__dataclass_fields__
    return [Found(**{name: getattr(row, name) for name in fields}) for row in newest.values()]
