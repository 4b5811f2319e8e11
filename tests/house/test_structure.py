"""The house, as rules that can be broken: contracts, sizes, names, docstrings, paths."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "goodwill"
EXEMPT = ("/migrations/", "/static/dist/", "/node_modules/", "/.venv/", "/locale/", "/build/", "/site/")
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "misc", "manager", "managers", "service", "services", "core"}
FLOORS = {
    "domain": set(),
    "store": {"domain"},
    "adapters": {"domain"},
    "analytics": {"domain"},
    "actions": {"store", "adapters", "analytics", "domain"},
    "reads": {"store", "adapters", "analytics", "domain"},
    "web": {"actions", "reads", "adapters", "domain"},
    "api": {"actions", "reads", "adapters", "domain"},
    "worker": {"actions", "reads", "adapters", "domain"},
    "cli": {"web", "api", "worker", "actions", "reads", "adapters", "analytics", "domain"},
    "config": {"web", "api", "worker", "actions", "reads", "store", "adapters", "domain"},
}


def written_by_hand(*endings: str) -> Iterator[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if name.endswith(endings) and path.is_file() and not any(part in f"/{name}" for part in EXEMPT):
            yield path


def test_imports_point_down_only() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-4000:]


def test_each_floor_reaches_only_the_floors_it_may() -> None:
    wrong = []
    for floor, below in FLOORS.items():
        for path in (PACKAGE / floor).rglob("*.py"):
            if "/migrations/" in path.as_posix():
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                names: list[str] = []
                if isinstance(node, ast.ImportFrom) and node.module:
                    names = [node.module]
                elif isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                for name in names:
                    if not name.startswith("goodwill."):
                        continue
                    reached = name.split(".")[1]
                    if reached != floor and reached not in below:
                        wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_no_file_is_longer_than_400_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {count}"
        for path in written_by_hand(".py", ".html", ".css", ".js", ".mjs")
        if (count := len(path.read_text().splitlines())) > 400
    ]
    assert not long, "\n".join(long)


def test_every_file_is_named_for_a_noun() -> None:
    vague = [str(p.relative_to(ROOT)) for p in PACKAGE.rglob("*.py") if p.stem in FORBIDDEN_NAMES]
    assert not vague


def test_every_public_thing_says_what_it_does() -> None:
    silent = []
    for path in PACKAGE.rglob("*.py"):
        if "/migrations/" in path.as_posix():
            continue
        tree = ast.parse(path.read_text())
        if tree.body and not ast.get_docstring(tree):
            silent.append(str(path.relative_to(ROOT)))
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
                continue
            if not ast.get_docstring(node):
                silent.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert not silent, "\n".join(silent)


def test_only_the_doors_read_the_clock() -> None:
    """`at=` is passed in: below the doors nothing asks what time it is."""
    clock = re.compile(r"\b(timezone\.now|datetime\.now|datetime\.utcnow|date\.today|time\.time)\(")
    # A job's own stamps; and a task, which is a door: the worker opens it and the clock is read there, once.
    allowed = {"goodwill/actions/jobs.py", "goodwill/actions/imports.py", "goodwill/actions/lake.py"}
    allowed.add("goodwill/actions/findings.py")
    readers = [
        str(path.relative_to(ROOT))
        for floor in ("domain", "store", "adapters", "actions", "reads")
        for path in (PACKAGE / floor).rglob("*.py")
        if clock.search(path.read_text()) and str(path.relative_to(ROOT)) not in allowed
    ]
    assert not readers


def test_no_deed_rewrites_the_journal() -> None:
    rewriting = re.compile(r"JournalEntry\.objects[^\n]*\.(update|delete|bulk_update)\(")
    assert not [str(p) for p in PACKAGE.rglob("*.py") if rewriting.search(p.read_text())]


def test_nothing_tracked_knows_this_machine() -> None:
    # The words are in pieces so that this file does not hold them.
    machine = re.compile("|".join(["/wo" + "rk/", "/fa" + "rm/", "files.python" + "hosted", "registry.npm" + "js"]))
    known = [
        str(path.relative_to(ROOT))
        for path in written_by_hand(".py", ".md", ".toml", ".txt", ".lock", ".json", ".html", ".js", ".css", ".mjs")
        if machine.search(path.read_text())
    ]
    assert not known


def test_pages_carry_no_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\b(src|type=\"application/json\"))[^>]*>|\sstyle=\"|\son[a-z]+=\"|javascript:")
    found = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in written_by_hand(".html")
        if PACKAGE in path.parents
        for match in inline.finditer(path.read_text())
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("word", ["assert True", "raise NotImplementedError", "# TODO", "pytest.skip()"])
def test_nothing_is_hollow(word: str) -> None:
    hollow = [
        str(path.relative_to(ROOT))
        for path in written_by_hand(".py")
        if path != Path(__file__).resolve() and word in path.read_text()
    ]
    assert not hollow


def test_each_dependency_has_earned_its_line() -> None:
    reasons = (ROOT / "docs" / "decisions" / "dependencies.md").read_text().lower()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    unexplained = [
        name
        for line in project["dependencies"]
        if (name := re.split(r"[\[<>=~ ]", line)[0].lower()) and f"| {name}" not in reasons
    ]
    assert not unexplained


def test_locked_versions_satisfy_what_the_project_asks_for() -> None:
    locked = re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [re.split(r"[\[<>=~ ]", line)[0].lower() for line in project["dependencies"]]
    assert not set(asked) - set(locked)
    assert not [line for line in (ROOT / "requirements.lock").read_text().splitlines() if "://" in line]
