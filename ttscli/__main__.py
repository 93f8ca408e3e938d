"""The programs `tts` and `ttscli`, and `python -m ttscli`.

Importing the command line takes some tenths of a second, in which Ctrl-C would print a traceback: until then it ends the process
as it ends a program that does not care for signals. Where it is ignored, as under nohup, it stays so.
"""

import signal

_cares = signal.getsignal(signal.SIGINT) is signal.default_int_handler
if _cares:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from ttscli.cli import main as run  # noqa: E402


def main() -> None:
    """Run the command line of this process, and leave with its exit code."""
    if _cares:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run()


if __name__ == "__main__":
    main()
