from pathlib import Path

import pytest

from tests.training.miniature import write_corpus
from ttscli.melspec import MelSpec
from ttscli.training.corpus import Corpus


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four utterances, the first of them held out."""
    return write_corpus(tmp_path / "miniature")


@pytest.fixture
def corpus(folder: Path) -> Corpus:
    return Corpus(folder, MelSpec())
