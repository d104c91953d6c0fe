"""The program: global options, the commands, and how an error becomes an exit code."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator import __version__
from aggregator.cli.command import command
from aggregator.cli.context import Globals
from aggregator.cli.output import say, show_error
from aggregator.errors import AggregatorError

if TYPE_CHECKING:
    from aggregator.poll.process import ForkServer

INTERRUPTED = 130

# The commands of every module, in the order of the help. Only the module of the command that is asked for is imported.
MODULES = {
    "workspace": ("init", "doctor", "config"),
    "sources": ("sources",),
    "add": ("add",),
    "poll": ("poll",),
    "entries": ("entries",),
    "queue": ("queue",),
    "review": ("review",),
    "issue": ("issue",),
    "archive": ("import",),
    "search": ("search",),
    "publish": ("publish",),
    "web": ("serve", "password"),
    "daemon": ("daemon", "up"),
    "log": ("undo", "redo", "log"),
    "safekeeping": ("backup", "export", "restore"),
    "stats": ("stats",),
}


def _version(value: bool) -> None:
    if value:
        sys.stdout.write(f"aggregator {__version__}\n")
        raise typer.Exit


def _globals(
    context: typer.Context,
    directory: Annotated[
        Path | None,
        typer.Option(
            "-C",
            "--workspace",
            metavar="DIR",
            help="The workspace: a folder with a sources.yaml. Default: found upward from here.",
        ),
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    context.obj = Globals(directory=directory, debug=debug, server=context.obj)


@cache
def program(word: str | None = None) -> typer.Typer:
    """The program with the commands of the module that has `word`, and with all where none has."""
    app = typer.Typer(
        name="aggregator",
        help="The newsroom of a curated newsletter: poll, review, assemble an issue, publish.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_globals)
    wanted = [module for module, commands in MODULES.items() if word in commands]
    for module in wanted or MODULES:
        import_module(f"aggregator.cli.{module}").register(app)
    return app


def run(arguments: list[str] | None = None, server: ForkServer | None = None) -> int:
    """Run one command; the exit code. No error but a bug shows a traceback, and that only with --debug. A fork `server` that was
    started already is for a poll; it is not ended here."""
    # Bytes of the command line that are not UTF-8 arrive as lone surrogates, which nothing behind could store or print.
    arguments = [argument.encode("utf-8", "replace").decode() for argument in (sys.argv[1:] if arguments is None else arguments)]
    debug = "--debug" in arguments or bool(os.environ.get("AGGREGATOR_DEBUG"))
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            # Closed by whoever started us (`>&-`): what is said has nowhere to go, and that is no failure.
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - open as long as the program
    try:
        code = program(command(arguments))(arguments, prog_name="aggregator", standalone_mode=False, obj=server)
        sys.stdout.flush()
    except AggregatorError as error:
        if debug:
            traceback.print_exc()
        show_error(error)
        return error.exit_code
    except KeyboardInterrupt:
        say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (`… | head`): nothing to say, and nothing to flush at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EIO, errno.EDQUOT}:
            return _other(error, debug)
        show_error(AggregatorError("the output cannot be written", why=error.strerror, fix="free some space", code="E706"))
        return 1
    except Exception as error:  # the last line of defence: a bug is reported, not shown as a traceback
        return _other(error, debug)
    return code if isinstance(code, int) else 0


def _other(error: Any, debug: bool) -> int:
    if type(error).__name__ == "NoArgsIsHelpError":
        say(error.format_message())
        return int(error.exit_code)
    if hasattr(error, "format_message") and hasattr(error, "exit_code"):
        say(f"✗ {error.format_message()}   [E700]")
        command = error.ctx.command_path if getattr(error, "ctx", None) else "aggregator"
        say(f"  fix  {command} --help shows the options")
        return int(error.exit_code)
    if isinstance(error, typer.Abort):
        say("interrupted")
        return INTERRUPTED
    if debug:
        traceback.print_exception(error)
    show_error(
        AggregatorError(
            f"unexpected {type(error).__name__}: {error}",
            why="this is a bug in the program; nothing that was stored is lost",
            fix="run the command again with --debug and report what it prints",
            code="E999",
        )
    )
    return 1
