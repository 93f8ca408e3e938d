"""Lexicons: how the user wants words to be spoken.

A file is lines that people edit:

    # a remark
    Siobhan<TAB>ʃɪˈvɔːn        phonemes: IPA, or phones with spaces between (SH IH0 V AO1 N)
    nginx<TAB>=engine ex       another spelling, after "="

A word is one of the spoken text, as `tts normalize` prints it. Written in small letters it stands for the word in capitals too;
with a capital in it, for itself alone, and before the one in small letters.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from ttscli.errors import InputError
from ttscli.text.ipa import is_phones
from ttscli.text.pauses import WORD

_LONGEST = 200
"""More characters are no word's sound."""


@dataclass(frozen=True)
class Sound:
    """How a word is spoken: in phonemes, or else as `like` is."""

    phonemes: str = ""
    like: str = ""

    def __str__(self) -> str:
        return self.phonemes or f"={self.like}"


Lexicon: TypeAlias = Mapping[str, Sound]


def find(lexicon: Lexicon, word: str) -> Sound | None:
    """Return the sound of `word`, or of what it is the English genitive of, or plural: GIFs; None if it is not in the lexicon."""
    sound = lexicon.get(word) or lexicon.get(word.lower())
    stem = word.removesuffix("'s")
    if stem == word and len(word) > 2 and word[:-1].isupper():
        stem = word.removesuffix("s")
    return sound or (stem != word and (owner := find(lexicon, stem)) and _genitive(owner)) or None


def _genitive(sound: Sound) -> Sound:
    if sound.like:
        return Sound(like=f"{sound.like}'s")
    phones = is_phones(sound.phonemes)
    last = sound.phonemes.split()[-1] if phones else sound.phonemes[-1]
    if last in (*"szʃʒ", "S", "Z", "SH", "ZH", "CH", "JH"):
        return Sound(sound.phonemes + (" IH0 Z" if phones else "ɪz"))
    ending = "s" if last in (*"ptkfθ", "P", "T", "K", "F", "TH") else "z"
    return Sound(sound.phonemes + (f" {ending.upper()}" if phones else ending))


def checked(word: str, sound: str) -> tuple[str, Sound]:
    """Return an entry as it stands in a file; ValueError saying what is wrong with it."""
    if WORD.fullmatch(word) is None:
        raise ValueError(f"{word!r} is not one spoken word")
    like = sound.removeprefix("=").strip() if sound.startswith("=") else ""
    phonemes = "" if sound.startswith("=") else sound.strip()
    if not like and not phonemes:
        raise ValueError(f"{word}: how is it spoken?")
    if len(sound) > _LONGEST:
        raise ValueError(f"{word}: longer than {_LONGEST} characters")
    if phonemes and phonemes.isascii() and not is_phones(phonemes) and not phonemes.isalpha():
        raise ValueError(f"{word}: {phonemes!r} is neither IPA nor phones; another spelling begins with =")
    return word, Sound(phonemes, like)


def parse(text: str, name: str) -> dict[str, Sound]:
    """Read the lines of a lexicon; InputError naming the line that is wrong. Of two lines for a word the later counts."""
    entries: dict[str, Sound] = {}
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        word, tab, sound = line.partition("\t")
        try:
            if not tab:
                raise ValueError("no tab between the word and how it is spoken")
            word, found = checked(word.strip(), sound.strip())
            entries[word] = found
        except ValueError as error:
            raise InputError(f"{name}:{number}: {error}", "lines are WORD, a tab, and phonemes or =ANOTHER SPELLING") from error
    return entries


def read(path: Path) -> dict[str, Sound]:
    """Read a lexicon; InputError if there is none, or it is wrong."""
    try:
        return parse(path.read_text(encoding="utf-8"), str(path))
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8: offset {error.start}") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error


def edited(text: str, changes: Mapping[str, Sound | None]) -> str:
    """Return the lines of a lexicon with the words of `changes` set, or, for None, removed; remarks and order stay."""
    kept = [line for line in text.splitlines() if line.lstrip().startswith("#") or line.partition("\t")[0].strip() not in changes]
    kept += [f"{word}\t{sound}" for word, sound in changes.items() if sound is not None]
    return "".join(f"{line}\n" for line in kept)
