"""The `goodwill` command: each sub-command is a file of this folder, loaded only when it is called."""

from importlib import import_module

import click

from goodwill import __version__

COMMANDS = {
    "backtest": "Try a draft agreement on history, from a file",
    "backup": "Copy everything into one file",
    "clock": "Compute promise clocks from a file",
    "demo": "Load the demonstration firm and open it",
    "doctor": "Check the installation and say what to mend",
    "drivers": "Say what goes with an outcome customers were asked about",
    "export": "Write everything in open formats",
    "health": "Say whether the house is ready to answer",
    "feed": "Keep the daily files: watched folders and fetched addresses",
    "findings": "Say what the worker found in the lake",
    "import": "Bring in a file of orders",
    "import-undo": "Take a whole import back",
    "invite": "Invite a person and print the link",
    "lake": "Keep a copy of the journal and the trade as Parquet",
    "lifetime": "Fit what customers will buy and bring, from a file",
    "migrate": "Bring the database up to date, without a backup",
    "notices": "What a person was told of",
    "plan": "Say how many units and weeks a trial takes",
    "report": "Print a report",
    "restore": "Put a backup back",
    "serve": "Serve the pages and run the worker",
    "survival": "Say how long customers stay",
    "today": "Customers we owe something, worst first",
    "token": "Make, list and revoke tokens of the API",
    "upgrade": "Bring the database up to date, with a backup and checks before and after",
    "verdict": "Say whether an initiative pays",
    "webhook": "Tell programs outside what happens",
    "worker": "Run the worker alone",
}
"""Name and one-line help; the command `a-b` is the object `a_b` of `cli/a_b.py` (`import` lives in `imports`)."""

_MODULES = {"import": "imports", "import-undo": "imports"}
_OBJECTS = {"import": "import_"}


class LazyGroup(click.Group):
    """A group that imports a sub-command when it is asked for, so that `goodwill clock` starts at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The sub-command, or None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        module = import_module(f"goodwill.cli.{_MODULES.get(cmd_name, name)}")
        command = getattr(module, _OBJECTS.get(cmd_name, name))
        assert isinstance(command, click.Command)  # noqa: S101
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="goodwill")
def goodwill() -> None:
    """The books of customer goodwill: promise, serve, listen, make good, count the money."""
