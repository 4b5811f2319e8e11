"""How far a figure may be read as an effect: what made the rows it compares comparable."""

from enum import StrEnum
from typing import Literal


class Grade(StrEnum):
    """The evidence behind a figure, strongest first."""

    RANDOMISED = "randomised"
    QUASI_EXPERIMENT = "quasi_experiment"
    BEFORE_AFTER = "before_after"
    GUESS = "guess"


Causal = Literal[Grade.RANDOMISED, Grade.QUASI_EXPERIMENT]
"""Grades that can carry "pays"; a function that says so takes this type, and mypy refuses it the others."""

Weak = Literal[Grade.BEFORE_AFTER, Grade.GUESS]
"""Grades that can carry no verdict: whoever was chosen at a low point rises without anybody's help."""
