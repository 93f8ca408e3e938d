"""`tts say` of marked-up text, as a real process: formats, what is told of what is not spoken, and the traces."""

import json
import wave
from pathlib import Path

import pytest

from tests.conftest import Tts

SSML = '<speak>Hello <break time="1s"/>there.\n<audio>Well</audio> <mark name="m"/>done. 😀</speak>'


def n_samples(path: Path) -> int:
    with wave.open(str(path)) as file:
        return int(file.getnframes())


def test_the_extension_or_the_option_tells_the_format(tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Hello\n\nthere\n", encoding="utf-8")
    (tmp_path / "a.ssml").write_text("<speak><p>Hello</p><p>there</p></speak>", encoding="utf-8")
    (tmp_path / "a.txt").write_text("# Hello\n\nthere\n", encoding="utf-8")
    sounds = [tts("say", "-f", name, "-o", "-", "--raw").stdout for name in ("a.md", "a.ssml", "a.txt")]
    assert sounds[0] == sounds[1] == sounds[2] != b""
    inside = tts("say", "--input-format", "ssml", "<speak><p>Hello</p><p>there</p></speak>", "-o", "-", "--raw")
    assert inside.stdout == sounds[0]
    assert tts("say", "--input-format", "html", "x", "-o", "-").returncode == 2


def test_phonemes_of_g2p_are_the_same_sound(tts: Tts) -> None:
    spelt = tts("g2p", "Hello there, you.").stdout
    again = tts("say", "--input-format", "phonemes", "-o", "-", "--raw", "--sentence-pause", "0", input=spelt)
    usual = tts("say", "Hello there, you.", "-o", "-", "--raw", "--paragraph-pause", "0")
    assert again.stdout == usual.stdout


def test_what_is_not_spoken_is_told_at_the_end_and_strict_fails_after_the_audio_is_whole(tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "a.ssml").write_text(SSML, encoding="utf-8")
    done = tts("say", "-f", "a.ssml", "-o", "lenient.wav")
    assert (done.returncode, done.stderr) == (0, "tts: warning: not spoken: <audio> (a.ssml:2:1), 😀 (a.ssml:2:43)\n")
    done = tts("say", "-f", "a.ssml", "-o", "strict.wav", "--strict", "-q")
    assert done.returncode == 7
    assert done.stderr.startswith("tts: not spoken: <audio> (a.ssml:2:1), 😀")
    assert (tmp_path / "strict.wav").read_bytes() == (tmp_path / "lenient.wav").read_bytes()
    assert tts("say", "All is well.", "-o", "-", "--strict").returncode == 0


def test_the_warning_is_bounded(tts: Tts) -> None:
    done = tts("say", "Hello " + " ".join(chr(0x2600 + number) for number in range(30)), "-o", "-")
    assert done.stderr.count("(") == 10 and "and 20 more" in done.stderr
    assert "☃ (1:3, 3 times)" in tts("say", "a ☃ b ☃ c ☃", "-o", "-").stderr


def test_emoji_by_name_are_spoken(tts: Tts) -> None:
    usual, named = (tts("say", "Hello 😀", "-o", "-", "--raw", *more) for more in ((), ("--emoji", "name")))
    assert len(named.stdout) > len(usual.stdout) and named.stderr == ""


def test_explain_follows_each_sentence_on_standard_error(tts: Tts, tmp_path: Path) -> None:
    done = tts("say", "I have ☃ 2 cats. Go.", "-o", "out.wav", "--explain")
    rows = [line.split(maxsplit=2) for line in done.stderr.splitlines() if not line.startswith("tts:")]
    first = {name: value for number, name, value in rows if number == "1"}
    assert first["written"] == "I have ☃ 2 cats."
    assert first["spoken"] == "I have two cats."
    assert first["unspoken"] == "☃ (1:8)"
    assert first["symbols"].split()[0] == "^"
    assert len(first["lengths"].split()) == len(first["symbols"].split())
    assert max(int(number) for number, *_ in rows) == 2 and done.stdout == b""
    ends = [float(value.split(" to ")[1].split()[0]) for _, name, value in rows if name == "sound"]
    assert ends[-1] == pytest.approx(n_samples(tmp_path / "out.wav") / 22050, abs=0.01)


def test_json_holds_the_same(tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "a.ssml").write_text(SSML, encoding="utf-8")
    done = tts("say", "-f", "a.ssml", "-o", "out.wav", "--json", "-q")
    table = json.loads(done.stdout)
    assert (table["version"], table["sample_rate_hz"], table["n_samples"]) == (1, 22050, n_samples(tmp_path / "out.wav"))
    assert [sentence["stop"] for sentence in table["sentences"]][-1] == table["n_samples"]
    assert [sentence["spoken"] for sentence in table["sentences"] if sentence["symbols"]] == ["Hello", "there.", "Well done."]
    lost = [loss for sentence in table["sentences"] for loss in sentence["unspoken"]]
    assert lost[0] == {"text": "<audio>", "source": "a.ssml", "line": 2, "column": 1}
    assert table["sentences"][0]["timed_words"][0]["text"] == "Hello"
    refused = tts("say", "Hello.", "-o", "-", "--json")
    assert refused.returncode == 2 and "standard output" in refused.stderr and refused.stdout == b""


def test_marks_are_among_the_timings_and_silence_is_no_sentence(tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "a.ssml").write_text(SSML, encoding="utf-8")
    assert tts("say", "-f", "a.ssml", "-o", "out.wav", "--timings", "out.json").returncode == 0
    table = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    [mark] = table["marks"]
    done = table["sentences"][-1]["words"][-1]
    assert mark["name"] == "m" and abs(mark["sample"] - done["start"]) < 22050 / 4
    assert [sentence["spoken"] for sentence in table["sentences"]] == ["Hello", "there.", "Well done."]
    assert table["n_samples"] == n_samples(tmp_path / "out.wav")


def test_a_pitch_that_the_voice_cannot_do_is_one_warning(tts: Tts) -> None:
    ssml = '<speak><prosody pitch="high">Hello.</prosody><prosody pitch="low">You.</prosody></speak>'
    done = tts("say", "--input-format", "ssml", ssml, "-o", "-")
    assert done.returncode == 0
    assert done.stderr == "tts: warning: the text asks for what the model cannot do, and is spoken without it: pitch\n"


@pytest.mark.parametrize(
    ("ssml", "message"),
    [
        ('<!DOCTYPE s [<!ENTITY a "ha">]><speak>&a;</speak>', "a.xml:1:"),
        ("<speak>\n<p>x</speak>", "a.xml:2:"),
        ("plain", "a.xml:1:1: not XML"),
    ],
)
def test_broken_and_hostile_xml_is_one_line(tts: Tts, tmp_path: Path, ssml: str, message: str) -> None:
    (tmp_path / "a.xml").write_text(ssml, encoding="utf-8")
    done = tts("say", "-f", "a.xml", "-o", "out.wav")
    assert done.returncode == 3
    assert message in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "out.wav").exists()


def test_one_endless_sentence_is_spoken_in_pieces(tts: Tts, tmp_path: Path) -> None:
    """3,000 words without a full stop; none of them is lost, and there are no pauses."""
    (tmp_path / "long.txt").write_text("we walked along the river and nobody said a word " * 300, encoding="utf-8")
    done = tts("say", "-f", "long.txt", "-o", "out.wav", "--json")
    sentences = json.loads(done.stdout)["sentences"]
    assert max(sentence["stop"] - sentence["start"] for sentence in sentences) < 40 * 22050
    assert [sentence["pause_after_s"] for sentence in sentences[:-1]] == [0.0] * (len(sentences) - 1)
    assert sum(len(sentence["timed_words"]) for sentence in sentences) > 2000
