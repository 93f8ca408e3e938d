"""`tts lexicon`, as a real process: two files, and what speaks by them."""

import json
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import Tts
from ttscli.cli import lexicon
from ttscli.text.lexicon import Sound, edited, read


def g2p(tts: Tts, text: str, *more: str) -> str:
    return tts("g2p", text, *more).stdout.decode().strip()


def test_a_word_is_added_heard_and_removed(tts: Tts) -> None:
    usual = g2p(tts, "Siobhan.")
    assert tts("lexicon", "add", "Siobhan", "ʃɪˈvɔːn").returncode == 0
    assert g2p(tts, "Siobhan.") == "ʃɪˈvɔːn."
    assert tts("lexicon", "test", "Siobhan").stdout.decode() == f"without\t{usual[:-1]}\nwith\tʃɪˈvɔːn\n"
    assert tts("lexicon", "remove", "Siobhan").returncode == 0
    assert g2p(tts, "Siobhan.") == usual
    assert tts("lexicon", "remove", "Siobhan").returncode == 3


def test_the_project_goes_before_the_user_and_a_named_file_before_both(tts: Tts, tmp_path: Path) -> None:
    tts("lexicon", "add", "nginx", "--like", "one")
    tts("lexicon", "add", "nginx", "--like", "two", "--project")
    assert (tmp_path / ".tts.lexicon.tsv").read_text(encoding="utf-8") == "nginx\t=two\n"
    (tmp_path / "more.tsv").write_text("nginx\t=three\n", encoding="utf-8")
    assert g2p(tts, "NGINX") == g2p(tts, "two")
    assert g2p(tts, "NGINX", "--lexicon", "more.tsv") == g2p(tts, "three")
    rows = json.loads(tts("lexicon", "list", "--json").stdout)["words"]
    assert [(row["word"], row["sound"], Path(row["file"]).name) for row in rows] == [
        ("nginx", "=one", "lexicon.tsv"),
        ("nginx", "=two", ".tts.lexicon.tsv"),
    ]


def test_say_and_batch_speak_by_it(tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("Nginx.\n", encoding="utf-8")
    (tmp_path / "words.tsv").write_text("nginx\t=engine ex\n", encoding="utf-8")
    like = tts("say", "Engine ex.", "-o", "like.wav", "--timings", "like.json")
    assert like.returncode == 0
    done = tts("say", "Nginx.", "-o", "say.wav", "--lexicon", "words.tsv", "--timings", "say.json")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "say.wav").read_bytes() == (tmp_path / "like.wav").read_bytes()
    [sentence] = json.loads((tmp_path / "say.json").read_text(encoding="utf-8"))["sentences"]
    assert [word["text"] for word in sentence["words"]] == ["Nginx"]
    assert tts("batch", "in.txt", "-d", "out", "--lexicon", "words.tsv").returncode == 0
    [made] = (tmp_path / "out").glob("*.wav")
    assert made.stat().st_size == (tmp_path / "like.wav").stat().st_size


def test_what_is_wrong_is_told(tts: Tts, tmp_path: Path) -> None:
    for words in (["a b", "ə"], ["word"], ["word", "ə", "--like", "x"], ["word", "not phonemes"]):
        done = tts("lexicon", "add", *words)
        assert (done.returncode, done.stdout) == (2, b""), words
    (tmp_path / ".tts.lexicon.tsv").write_text("no tab here\n", encoding="utf-8")
    done = tts("say", "Hello.", "-o", "-")
    assert done.returncode == 3 and ".tts.lexicon.tsv:1: no tab" in done.stderr
    assert tts("lexicon", "add", "x", "ə", "--project").returncode == 3
    assert (tmp_path / ".tts.lexicon.tsv").read_text(encoding="utf-8") == "no tab here\n"
    assert tts("say", "Hello.", "-o", "-", "--lexicon", "none.tsv").returncode == 3


def test_a_word_is_kept_as_the_text_has_it_once_it_is_spoken(tts: Tts) -> None:
    done = tts("lexicon", "add", "FAQ", "--like", "fack")
    assert (done.returncode, done.stderr) == (0, "tts: note: FAQ is F-A-Q in the spoken text, and so in the lexicon\n")
    assert g2p(tts, "The FAQ.") == g2p(tts, "The fack.")
    assert tts("lexicon", "remove", "FAQ").returncode == 0
    assert tts("lexicon", "list").stdout == b""


@pytest.mark.parametrize(
    ("word", "spoken"),
    [("C++", "C plus plus"), ("5G", "five G"), ("user_name", "user name"), ("St.", "Street"), ("☃", "nothing")],
)
def test_a_word_that_would_never_be_found_is_refused(tts: Tts, word: str, spoken: str) -> None:
    done = tts("lexicon", "add", word, "--like", "it")
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, f"tts: {word}: is spoken as {spoken}, and looked up so")
    assert tts("lexicon", "list").stdout == b""


@pytest.mark.parametrize("word", ["Siobhan", "O'Brien", "x-ray", "NASA", "naïve", "may", "F-A-Q"])
def test_other_words_are_kept_as_they_are(tts: Tts, word: str) -> None:
    done = tts("lexicon", "add", word, "--like", "it")
    assert (done.returncode, done.stderr) == (0, "")
    assert tts("lexicon", "list").stdout.decode().split("\t")[0] == word


def test_phonemes_that_the_voice_lacks_are_told(tts: Tts) -> None:
    done = tts("lexicon", "add", "Tim", "tʘm")
    assert (done.returncode, done.stderr) == (0, "tts: warning: voice fake has no symbol for ʘ, and leaves it out\n")


def test_pls_is_imported(tts: Tts, tmp_path: Path) -> None:
    entries = "<lexeme><grapheme>tomato</grapheme><phoneme>təˈmɑːtoʊ</phoneme></lexeme><lexeme><grapheme>a b</grapheme></lexeme>"
    (tmp_path / "a.pls").write_text(f'<lexicon alphabet="ipa">{entries}</lexicon>', encoding="utf-8")
    (tmp_path / ".tts.lexicon.tsv").write_text("# ours\ntomato\t=x\n", encoding="utf-8")
    assert tts("lexicon", "import", "a.pls", "--project").returncode == 0
    assert (tmp_path / ".tts.lexicon.tsv").read_text(encoding="utf-8") == "# ours\ntomato\ttəˈmɑːtoʊ\n"
    (tmp_path / "b.pls").write_text('<!DOCTYPE l [<!ENTITY a "b">]><lexicon/>', encoding="utf-8")
    refused = tts("lexicon", "import", "b.pls")
    assert refused.returncode == 3 and "b.pls:1:" in refused.stderr


def test_a_word_needs_a_sound(tts: Tts) -> None:
    for sound in ([""], ["--like", ""]):
        done = tts("lexicon", "add", "foo", *sound, "--project")
        assert (done.returncode, done.stderr.splitlines()[0]) == (2, "tts: foo: how is it spoken?")


def test_a_lexicon_among_dotfiles_stays_there(tts: Tts, tmp_path: Path) -> None:
    """A link to it, and permissions that its owner has set, are kept."""
    dotfile, link = tmp_path / "dotfiles.tsv", tmp_path / ".tts.lexicon.tsv"
    dotfile.write_text("# ours\n")
    dotfile.chmod(0o600)
    link.symlink_to(dotfile)
    assert tts("lexicon", "add", "nginx", "--like", "engine ex", "--project").returncode == 0
    assert link.is_symlink()
    assert dotfile.read_text() == "# ours\nnginx\t=engine ex\n"
    assert dotfile.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="where folders have no locks")
def test_two_who_add_at_once_lose_no_word(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def slowly(text: str, changes: Mapping[str, Sound | None]) -> str:
        time.sleep(0.2)
        return edited(text, changes)

    monkeypatch.setattr(lexicon, "edited", slowly)
    path = tmp_path / "lexicon.tsv"
    writers = [threading.Thread(target=lexicon._change, args=(path, {word: Sound(like="b")})) for word in ("one", "two", "three")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(10)
    assert sorted(read(path)) == ["one", "three", "two"]
