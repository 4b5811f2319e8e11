"""`goodwill serve`: the pages and the worker."""

import click

from goodwill.cli import serving
from goodwill.cli.opening import open_house


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    envvar="GOODWILL_WORKERS",
    help="Web processes.",
)
@click.option("--no-worker", is_flag=True, help="Serve pages only; run `goodwill worker` elsewhere.")
def serve(host: str, port: int, workers: int, no_worker: bool) -> None:
    """Serve the pages and run the worker, until Ctrl-C."""
    serving.name_address(host, port)
    serving.refuse_taken_port(host, port)
    open_house()

    def say() -> None:
        click.echo(f"Goodwill is ready at {serving.address(host, port)}/ (stop with Ctrl-C)")

    serving.run(host, port, workers=workers, with_worker=not no_worker, when_ready=say)
