"""Before the command line is there to answer."""

import signal
import subprocess
import sys

import pytest

from tests.conftest import Environment

INTERRUPTED_WHILE_IMPORTING = """
import os, signal, sys

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "typer":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupting())
signal.signal(signal.SIGINT, signal.{handler})
sys.argv = ["tts", "--version"]
from ttscli.__main__ import main
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals as POSIX has them")
@pytest.mark.parametrize(
    ("handler", "code", "printed"), [("default_int_handler", -signal.SIGINT, b""), ("SIG_IGN", 0, b"ttscli ")]
)
def test_interrupted_while_it_starts(environment: Environment, handler: str, code: int, printed: bytes) -> None:
    program = INTERRUPTED_WHILE_IMPORTING.format(handler=handler)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, env=environment)
    assert (done.returncode, done.stderr, done.stdout[:7]) == (code, b"", printed)
