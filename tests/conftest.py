"""Fixtures for the whole suite: a voice of numpy alone, its plugins, and the program run as a user runs it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest

# Before anything loads torch: networks as small as the tests' are slowed down by every further thread, and workers share cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# A suite that a shell has put in the background is deaf to Ctrl-C, and so would be the programs that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)

TESTS = Path(__file__).parent
REPOSITORY = TESTS.parent
FAKE_PLUGINS = TESTS / "fixtures" / "fake"
FAKE_VOICES = TESTS / "fixtures" / "voices"


@dataclass(frozen=True)
class Finished:
    """A process that has ended."""

    returncode: int
    stdout: bytes
    stderr: str


Environment: TypeAlias = dict[str, str]
Tts: TypeAlias = Callable[..., Finished]


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """What a process of the program finds around it: the fake voice, and a home of its own."""
    home = tmp_path / "home"
    home.mkdir()
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TEMP") if name in os.environ}
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(map(str, (REPOSITORY, REPOSITORY / "plugins", FAKE_PLUGINS))),
        "TTSCLI_VOICES": str(FAKE_VOICES),
        "TTSCLI_VOICE": "fake",
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


@pytest.fixture
def tts(environment: Environment, tmp_path: Path) -> Tts:
    """Run `tts ARGS…` in `tmp_path` and wait for its end; keyword arguments: input (bytes), env (additions)."""

    def run(*args: object, input: bytes = b"", env: Environment | None = None) -> Finished:
        done = subprocess.run(
            [sys.executable, "-m", "ttscli", *(arg if isinstance(arg, bytes) else str(arg) for arg in args)],
            input=input,
            capture_output=True,
            cwd=tmp_path,
            env={**environment, **(env or {})},
            timeout=60,
        )
        return Finished(done.returncode, done.stdout, done.stderr.decode())

    return run


@pytest.fixture(autouse=True, scope="session")
def fake_plugins() -> None:
    """Make the fake plugins known to tests that call the library in their own process."""
    sys.path.insert(0, str(FAKE_PLUGINS))
