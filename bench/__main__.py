"""`python -m bench [NAME …]` runs every bench of this folder, or those named, and prints their figures."""

import os
import platform
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from bench.figures import Figure


def names() -> list[str]:
    """The benches here: modules that have `measure`."""
    return sorted(module.name for module in iter_modules([str(Path(__file__).parent)]) if has_measure(module.name))


def has_measure(name: str) -> bool:
    """Whether a module's text defines `measure`; asked of the text so that listing imports nothing."""
    source = Path(__file__).parent / f"{name}.py"
    return source.exists() and "\ndef measure(" in source.read_text(encoding="utf-8")


def machine() -> str:
    """Size of the machine, date and Python in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, {memory:.1f} GiB RAM, load {load:.1f}, {datetime.now(UTC):%Y-%m-%d}, "
        f"Python {platform.python_version()}"
    )


def rows(bench: str, figures: list[Figure]) -> list[tuple[str, ...]]:
    """A bench's figures as rows: bench, name, value, unit, ratio, bar, and whether the bar is cleared."""
    values = {figure.name: figure.value for figure in figures}
    found: list[tuple[str, ...]] = []
    for figure in figures:
        ratio = figure.value / values[figure.ratio_to] if figure.ratio_to else None
        measured = figure.value if ratio is None else ratio
        verdict = "" if figure.at_least is None else ("yes" if measured >= figure.at_least else "NO")
        found.append(
            (
                bench,
                figure.name,
                f"{figure.value:,.0f}" if figure.value >= 100 else f"{figure.value:,.2f}",
                figure.unit,
                "" if ratio is None else f"{ratio:,.1f} x {figure.ratio_to}",
                "" if figure.at_least is None else f">= {figure.at_least:g}",
                verdict,
            )
        )
    return found


def main(wanted: list[str]) -> int:
    """Run and print; 1 where a bar is not cleared, 2 for a name that is no bench."""
    known = names()
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        print(f"no bench named {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    print(machine(), flush=True)
    table: list[tuple[str, ...]] = [("bench", "what", "value", "unit", "ratio", "bar", "cleared")]
    for name in wanted or known:
        table += rows(name, import_module(f"bench.{name}").measure())
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    for row in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return 1 if any(row[-1] == "NO" for row in table) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
