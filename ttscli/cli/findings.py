"""What a check found, one line each: printed as soon as it is known, because the next check may take seconds."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

from ttscli.cli.tables import print_json, print_row, stdout

Status: TypeAlias = Literal["ok", "warn", "fail"]
_COLOURS = {"ok": "32", "warn": "33", "fail": "31"}


@dataclass(frozen=True)
class Finding:
    """The outcome of one check.

    Attributes:
        status: "ok", "warn" (speaking works without it) or "fail".
        what: what was looked at.
        detail: what was found.
        cure: what to do about it; "" where there is nothing to do.
        exit_code: of the program, if the status is "fail".
    """

    status: Status
    what: str
    detail: str
    cure: str = ""
    exit_code: int = 1


def report(findings: Iterable[Finding], as_json: bool) -> list[Finding]:
    """Print each finding and return those that failed."""
    made = list(findings) if as_json else list(_printed(findings))
    if as_json:
        print_json({"findings": [asdict(finding) for finding in made]})
    return [finding for finding in made if finding.status == "fail"]


def _printed(findings: Iterable[Finding]) -> Iterable[Finding]:
    for finding in findings:
        if stdout().isatty():
            _print_to_terminal(finding)
        else:
            print_row([finding.status, finding.what, finding.detail, finding.cure])
        yield finding


def _print_to_terminal(finding: Finding) -> None:
    from rich.console import Console
    from rich.text import Text

    status = Text.from_ansi(f"\x1b[{_COLOURS[finding.status]}m{finding.status:<5}\x1b[0m")
    console = Console(soft_wrap=True, highlight=False)
    console.print(status + Text(f"{finding.what}: {finding.detail}"))
    if finding.cure:
        console.print(Text(f"      {finding.cure}"))
