"""Chunks → standard output, each sentence as soon as it is made."""

import io
import os
import sys
from types import TracebackType
from typing import Self

from ttscli.audio.encoders import Encoder, open_encoder
from ttscli.contract import AudioChunk
from ttscli.errors import OutputError, UsageError


class AudioStream:
    """A context that writes to standard output. Lengths in headers stay open, as players expect of a stream.

    Args:
        format_name: of ttscli.audio.formats.
        force: True to write to a terminal as well.

    Raises:
        UsageError: standard output is a terminal.
        OutputError: it is closed or full.
        BrokenPipeError: its reader is gone.
    """

    def __init__(self, format_name: str, force: bool = False) -> None:
        self._format_name = format_name
        self._force = force
        self._file: io.FileIO | None = None
        self._encoder: Encoder | None = None

    def __enter__(self) -> Self:
        if sys.stdout is None:
            raise OutputError("standard output: closed", "write a file: -o speech.wav")
        if sys.stdout.isatty() and not self._force:
            raise UsageError("standard output: audio is not written to a terminal", "redirect it, or insist with --force")
        # Unbuffered, and apart from sys.stdout: what could not be written is not tried again at exit.
        self._file = io.FileIO(os.dup(sys.stdout.fileno()), "wb")
        return self

    def write(self, chunk: AudioChunk) -> None:
        """Send one chunk on."""
        assert self._file is not None
        try:
            if self._encoder is None:
                self._encoder = open_encoder(self._format_name, self._file, chunk.sample_rate_hz, seekable=False)
            self._encoder.write(chunk.samples)
        except OSError as error:
            raise self._error(error) from error

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        assert self._file is not None
        try:
            if kind is None and self._encoder is not None:
                self._encoder.close()
        except OSError as error:
            raise self._error(error) from error
        finally:
            self._file.close()

    def _error(self, error: OSError) -> OSError | OutputError:
        if isinstance(error, BrokenPipeError):
            return error
        return OutputError(f"standard output: cannot be written: {error.strerror or error}")
