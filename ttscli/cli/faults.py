"""Whatever ends a command → one line, a hint, and an exit code (the list is in ttscli.errors)."""

import difflib
import errno
import os
import shlex
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import typer

from ttscli.cli.foreign import SPEAKING, is_foreign, our_name, translation
from ttscli.errors import OutputError, TtsError, UsageError
from ttscli.telling import tell

HUNG_UP, INTERRUPTED, CLOSED_PIPE, TERMINATED = 129, 130, 141, 143
_SAY = ("speak", "read", "talk", "synth", "synthesize", "synthesise")
"""What others call it."""
# Typer's base of all that is wrong with a command line: Click's own, or, in later versions, a copy that Typer carries along.
_USAGE_FAULT = typer.BadParameter.__mro__[2]


def report(fault: BaseException, arguments: Sequence[str]) -> int:
    """Tell the user what is wrong, on standard error, and return the exit code."""
    if isinstance(fault, KeyboardInterrupt | typer.Abort):
        return INTERRUPTED
    if isinstance(fault, BrokenPipeError):
        return CLOSED_PIPE
    if isinstance(fault, _USAGE_FAULT):
        if type(fault).__name__ == "NoArgsIsHelpError":
            typer.echo(str(fault))
            return 0
        fault = _usage_error(fault, arguments)
    elif isinstance(fault, OSError):
        fault = _output_error(fault)
    if not isinstance(fault, TtsError):
        fault = _internal(fault)
    tell(str(fault), fault.hint)
    if os.environ.get("TTSCLI_DEBUG"):
        traceback.print_exception(fault)
    return fault.exit_code


def _output_error(fault: OSError) -> BaseException:
    """What nobody has foreseen: a folder that cannot be made, mostly. Standard output and the current folder have no name."""
    if fault.filename is not None:
        return OutputError(f"{fault.filename}: {fault.strerror}")
    if fault.errno == errno.ENOENT:
        return OutputError("the current folder: somebody has removed it", "go to another one: cd")
    if fault.errno in (errno.ENOSPC, errno.EIO):
        where = "standard output" if _stdout_fails() else "standard output or a file"
        return OutputError(f"{where}: cannot be written: {fault.strerror}")
    return fault


def _stdout_fails() -> bool:
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        return True
    return False


def _internal(fault: BaseException) -> TtsError:
    error = TtsError(f"internal fault: {type(fault).__name__}: {fault}", "TTSCLI_DEBUG=1 shows where; please report it")
    error.__cause__ = fault
    return error


def _usage_error(fault: Any, arguments: Sequence[str]) -> TtsError:
    """Say in our words what Typer found wrong with the command line."""
    context = getattr(fault, "ctx", None)
    help_hint = f"{context.command_path if context else 'tts COMMAND'} --help"
    match type(fault).__name__:
        case "NoSuchOption" if is_foreign(fault.option_name) and _may_speak(context):
            return UsageError(f"{fault.option_name}: another program's option", f"here it is: {translation(arguments)}")
        case "NoSuchOption" if context is not None and context.parent is None and _option_of_say(fault, context):
            return UsageError(f"{fault.option_name}: an option of tts say", f"here it is: {translation(arguments)}")
        case "NoSuchOption":
            return UsageError(f"{fault.option_name}: no such option", _near_option(fault, context, arguments) or help_hint)
        case "BadParameter" if fault.param is not None:
            return UsageError(f"{fault.param.opts[0]}: {_plain(fault.message)}", _origin(fault, context) or help_hint)
        case "BadOptionUsage":
            return UsageError(
                f"{fault.option_name}: {_plain(fault.message).removeprefix(f'Option {fault.option_name!r} ')}", help_hint
            )
        case "UsageError" if context is not None and fault.message.startswith("No such command"):
            return _no_such_command(context, fault.message, arguments)
    return UsageError(_plain(fault.format_message()), help_hint)


def _origin(fault: Any, context: Any) -> str | None:
    """Where a value came from that nobody typed."""
    source = context.get_parameter_source(fault.param.name) if context else None
    if source is not None and source.name == "ENVIRONMENT":
        return f"it comes from the environment: {fault.param.envvar}"
    if source is not None and source.name == "DEFAULT_MAP":
        return "it comes from a file of preferences: tts config path"
    return None


def _may_speak(context: Any) -> bool:
    """Whether the command line, so far, is one of those that translations are made for."""
    return context is None or context.parent is None or context.command.name in SPEAKING


def _option_of_say(fault: Any, context: Any) -> bool:
    return any(fault.option_name in parameter.opts for parameter in context.command.commands["say"].params)


def _near_option(fault: Any, context: Any, arguments: Sequence[str]) -> str | None:
    root = context.find_root()
    if any(fault.option_name in parameter.opts for parameter in root.command.params):
        return f"it stands before the command: {root.command_path} {fault.option_name}"
    options = [option for parameter in context.command.params for option in parameter.opts if option.startswith("-")]
    same = our_name(fault.option_name)
    near = [same] if same in options else difflib.get_close_matches(fault.option_name, options, n=1)
    if near:
        return f"did you mean {near[0]}?"
    takes_text = any(parameter.name == "text" for parameter in context.command.params)
    word = next((word for word in arguments if word.startswith(fault.option_name)), fault.option_name)
    return f"to speak it, put -- before it: {context.command_path} -- {shlex.quote(word)}" if takes_text else None


def _no_such_command(context: Any, message: str, arguments: Sequence[str]) -> UsageError:
    word, _, near = message.removeprefix("No such command ").partition(". Did you mean ")
    word = word.removesuffix(".").strip("'\"")
    if near:
        hint = f"did you mean {near}"
    elif context.parent is None:
        hint = _meant(context, [argument for argument in arguments if argument != "--"])
    else:
        hint = f"there are: {', '.join(context.command.list_commands(context))}"
    return UsageError(f"{word}: no such command", hint)


def _meant(context: Any, arguments: list[str]) -> str:
    """Say what somebody wants whose first word is no command."""
    program, (word, *rest) = context.command_path, arguments
    if word == "help":
        known = [name for name in rest[:1] if name in context.command.commands]
        return f"it is an option: {shlex.join([program, *known, '--help'])}"
    if word == "version":
        return f"it is an option: {program} --version"
    spoken = rest if word in _SAY and rest else arguments
    return f"to speak it: {shlex.join([program, 'say', *spoken])}"


def _plain(message: str) -> str:
    return message.strip().removesuffix(".").removeprefix("Value error, ")
