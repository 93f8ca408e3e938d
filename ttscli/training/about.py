"""What a corpus says of itself: corpus.toml in its folder, which may be missing, as may every key of it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from ttscli.config import read_config
from ttscli.errors import InputError, VoiceError
from ttscli.voice_toml import assignments
from ttscli.whole_file import write_whole

FILE_NAME = "corpus.toml"


@dataclass(frozen=True)
class About:
    """The content of corpus.toml.

    Attributes:
        language: BCP 47 tag of what is said.
        alphabet: the alphabet plugin that spells it; the voices trained on it then use the same.
        licence: of the recordings, an SPDX expression; "" if nobody has said.
        origin: who speaks, and where the recordings come from; for people.
        shortest_s, longest_s: bounds of a recording that is trained on.
    """

    language: str = "en-US"
    alphabet: str = "espeak-ipa"
    licence: str = ""
    origin: str = ""
    shortest_s: float = 0.3
    longest_s: float = 20.0

    @classmethod
    def read(cls, folder: Path) -> "About":
        """Read the corpus.toml of `folder`; InputError if it is there and wrong."""
        path = folder / FILE_NAME
        try:
            return read_config(cls, tomllib.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return cls()
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror}") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError(f"{path}: not a TOML file: {error}") from error
        except VoiceError as error:
            raise InputError(f"{path}: {str(error).removeprefix('config.')}", error.hint) from error

    def write(self, folder: Path) -> None:
        """Write it into `folder`; OutputError if that fails."""
        write_whole(folder / FILE_NAME, "\n".join(assignments(vars(self))) + "\n")
