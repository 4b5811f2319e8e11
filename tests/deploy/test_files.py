"""The files in `deploy/` are what the production guide says they are, and this machine's programs accept them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from goodwill.config.environment import KNOWN
from tests.cli.commands import environment, run

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
GUARDS = {
    "User=goodwill",
    "UMask=0077",
    "NoNewPrivileges=yes",
    "CapabilityBoundingSet=",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "ProtectKernelTunables=yes",
    "RestrictNamespaces=yes",
    "RestrictSUIDSGID=yes",
    "SystemCallFilter=@system-service",
    "StateDirectoryMode=0700",
    "EnvironmentFile=/etc/goodwill/environment",
}


def lines(name: str) -> list[str]:
    """A file without comments and indentation."""
    text = (DEPLOY / name).read_text()
    return [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]


def block(name: str, opening: str) -> list[str]:
    """What stands between a line and the brace that ends it."""
    found = lines(name)
    begin = found.index(opening)
    return found[begin + 1 : found.index("}", begin)]


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_every_unit_is_fenced_in(unit: Path) -> None:
    assert GUARDS - set(lines(f"systemd/{unit.name}")) == set()


def test_a_database_that_waits_for_its_upgrade_is_not_tried_again_and_again() -> None:
    for name in ("goodwill-web.service", "goodwill-worker@.service"):
        assert {"Restart=on-failure", "RestartPreventExitStatus=2"} <= set(lines(f"systemd/{name}"))


def test_units_wait_longer_than_the_house_needs_to_stop() -> None:
    from goodwill.cli import serving
    from goodwill.worker import loop

    def patience(name: str) -> int:
        line = next(one for one in lines(f"systemd/{name}") if one.startswith("TimeoutStopSec="))
        return int(line.partition("=")[2])

    assert patience("goodwill-web.service") > 15
    # all threads are waited for together; the rest is for what the main thread is at
    assert patience("goodwill-worker@.service") > 2 * loop._PATIENCE_SECONDS
    assert serving._WORKER_PATIENCE_SECONDS > loop._PATIENCE_SECONDS


def test_systemd_accepts_the_units() -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not on this machine (Debian package: systemd)")
    for file in sorted((DEPLOY / "systemd").iterdir()):
        said = subprocess.run(["systemd-analyze", "verify", str(file)], capture_output=True, text=True, check=False)
        told = said.stderr.splitlines()
        # Goodwill itself need not be installed where the tests run.
        wrong = [line for line in told if file.stem.rstrip("@") in line and "is not executable" not in line]
        assert not wrong, "\n".join(wrong)


def test_the_environment_names_known_variables_only_and_no_key() -> None:
    names = {line.partition("=")[0] for line in lines("environment")}
    assert names <= {*KNOWN, "DATABASE_URL"}
    assert "GOODWILL_SECRET_KEY" not in names
    assert "GOODWILL_DEBUG" not in names


def test_the_proxies_write_no_address_down_not_even_of_a_request_that_failed() -> None:
    said = lines("nginx.conf")
    servers = said.count("server {")
    assert servers == 2
    assert said.count("access_log off;") == servers
    assert said.count("error_log /var/log/nginx/error.log alert;") == servers
    assert block("Caddyfile", "fields {") == ["request>uri delete", "request>headers delete"]
    assert not [line for line in lines("Caddyfile") if line.startswith("output")]


def test_nginx_says_who_asks_and_believes_nobody() -> None:
    said = lines("nginx.conf")
    for line in (
        "proxy_set_header Host $host;",
        "proxy_set_header X-Forwarded-For $remote_addr;",
        "proxy_set_header X-Forwarded-Proto $scheme;",
        'proxy_set_header Forwarded "";',
        "proxy_set_header X-Request-Id $request_id;",
        "access_log off;",
        "client_max_body_size 25m;",
    ):
        assert line in said, line
    # a location that sets one header of its own would lose all of these
    assert not [line for line in block("nginx.conf", "location / {") if line.startswith("proxy_set_header")]
    assert "client_max_body_size 1g;" in block("nginx.conf", "location /imports/ {")
    assert block("nginx.conf", "location = /metrics {") == ["return 404;"]


def test_the_proxies_wait_as_long_as_a_page_may_take() -> None:
    assert "proxy_read_timeout 120s;" in lines("nginx.conf")
    assert "response_header_timeout 120s" in lines("Caddyfile")


def test_caddy_keeps_large_bodies_to_imports_and_the_figures_inside() -> None:
    said = "\n".join(lines("Caddyfile"))
    assert "request_body @import {\nmax_size 1GB\n}" in said
    assert "request_body @other {\nmax_size 25MB\n}" in said
    assert "@inside path /metrics\nrespond @inside 404" in said
    assert "header_up X-Request-Id {http.request.uuid}" in said
    assert "health_uri /health/ready" in said
    # Caddy sets X-Forwarded-For and -Proto itself as long as it trusts no other proxy
    assert "trusted_proxies" not in said


def test_caddy_accepts_its_file(tmp_path: Path) -> None:
    if shutil.which("caddy") is None:
        pytest.skip("caddy is not on this machine (Debian package: caddy)")
    said = subprocess.run(
        ["caddy", "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")],
        env={**os.environ, "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr


def test_nginx_accepts_its_file(tmp_path: Path) -> None:
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not on this machine (Debian package: nginx)")
    # Certificates belong to the machine it will run on.
    site = re.sub(r"(?m)^\s*ssl_certificate.*\n", "", (DEPLOY / "nginx.conf").read_text()).replace(" ssl http2", "")
    (tmp_path / "site.conf").write_text(site)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off; include {tmp_path}/site.conf; }}"
    )
    said = subprocess.run(
        ["nginx", "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "syntax is ok" in said.stderr, said.stderr


def test_the_nightly_backup_comes_back_once_before_it_counts(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert run("demo", "--home", str(home), "--no-serve", home=home).returncode == 0
    folder = home / "backups"
    folder.mkdir(mode=0o700)
    for number in range(3):
        old = folder / f"nightly-2020010{number}-000000.zip"
        old.write_bytes(b"")
        os.utime(old, (number, number))
    (folder / "nightly-20200103-000000.zip.part").write_bytes(b"a night that was cut off")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    said = subprocess.run(
        [str(DEPLOY / "goodwill-backup"), "2"],
        env=environment(home, PATH=path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert re.match(r"\d{5,} rows were kept in .* and came back from it", said.stdout)
    kept = sorted(path.name for path in folder.iterdir())
    assert len(kept) == 2
    assert kept[0] == "nightly-20200102-000000.zip"
    assert not (home / "rehearsal").exists()
