"""How the published TalkNet spells: its symbol tables, and what of its way of writing them a voice must keep.

Source: the vocabularies of NVIDIA NeMo 1.8, which name their symbols "labels". What differs: pronunciations and spoken words are
our own front end's (`arpabet` where they have g2p_en, `graphemes` where they have a cleaner of their own).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from string import ascii_lowercase
from typing import Literal

from ttscli.config import read_config
from ttscli.text.phones import CONSONANTS, STRESSES, VOWELS
from ttscli.voice import Marks, TextSettings

PADDING, BLANK, UNKNOWN = "<pad>", "<blank>", "<oov>"

_MARKS = ',.!?-:;/"()[]{}'
_OF_G2P = ",.!?-"
"""The marks that g2p_en leaves in a text. Labels of the others were never trained, so no voice of phones may speak them."""


@dataclass(frozen=True)
class Vocabulary:
    """The table `train_ds.dataset.vocab` of a published configuration; what is missing there is as here.

    Attributes:
        notation: letters, or phones of the CMU dictionary.
        punct: whether marks of punctuation have labels.
        spaces: whether a space stands before a mark (phones) or on either side of it (letters).
        stresses: whether vowels tell their stress.
        chars: whether letters have labels beside phones; none is ever spoken.
        add_blank_at: where the blank's label stands at the end of the table; None if there is no blank.
        pad_with_space: whether a space stands before and after each sentence.
    """

    notation: Literal["chars", "phonemes"] = "chars"
    punct: bool = True
    spaces: bool = False
    stresses: bool = False
    chars: bool = False
    add_blank_at: Literal["last", "last_but_one", None] = "last_but_one"
    pad_with_space: bool = False


def read_vocabulary(vocab: Mapping[str, object]) -> Vocabulary:
    """Read a published table; keys that other releases add are ignored. VoiceError if a value cannot be meant."""
    known = {field.name for field in fields(Vocabulary)}
    return read_config(Vocabulary, {key: value for key, value in vocab.items() if key in known})


def labels(vocabulary: Vocabulary) -> tuple[str, ...]:
    """Id → label."""
    marks = ("'", *(_MARKS if vocabulary.punct else ""))
    tail = {"last": (UNKNOWN, BLANK), "last_but_one": (BLANK, UNKNOWN), None: (UNKNOWN,)}[vocabulary.add_blank_at]
    if vocabulary.notation == "chars":
        return (" ", *ascii_lowercase, *marks, PADDING, *tail)
    stresses = STRESSES if vocabulary.stresses else ("",)
    vowels = [vowel + stress for vowel in VOWELS for stress in stresses]
    return (" ", *CONSONANTS, *vowels, *(ascii_lowercase if vocabulary.chars else ""), *marks, PADDING, *tail)


def text_settings(vocab: Mapping[str, object]) -> TextSettings:
    """Make the settings of a voice whose ids are those of `vocab`, with blanks around every symbol if there is a blank.

    Raises:
        VoiceError: a value of `vocab` cannot be meant.
    """
    vocabulary = read_vocabulary(vocab)
    blank = BLANK if vocabulary.add_blank_at else ""
    alphabet, symbols, marks = _letters(vocabulary) if vocabulary.notation == "chars" else _phones(vocabulary)
    return TextSettings(alphabet, symbols, blank, blank, blank, marks, vocabulary.pad_with_space)


def _letters(vocabulary: Vocabulary) -> tuple[str, tuple[str, ...], Marks]:
    return "graphemes", labels(vocabulary), "apart" if vocabulary.spaces else ""


def _phones(vocabulary: Vocabulary) -> tuple[str, tuple[str, ...], Marks]:
    symbols = tuple(f"<{label}>" if label in _MARKS and label not in _OF_G2P else label for label in labels(vocabulary))
    return "arpabet-stress" if vocabulary.stresses else "arpabet", symbols, "apart" if vocabulary.spaces else "attached"
