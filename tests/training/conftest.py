from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.training.miniature import write_corpus
from ttscli.melspec import MelSpec
from ttscli.training.corpus import Corpus


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Networks this small are slowed down by every further thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four utterances, the first of them held out."""
    return write_corpus(tmp_path / "miniature")


@pytest.fixture
def corpus(folder: Path) -> Corpus:
    return Corpus(folder, MelSpec())
