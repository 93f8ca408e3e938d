"""What is understood of files of settings; tests/plugins has what importers hear of them."""

from dataclasses import dataclass
from typing import Any

import pytest

from ttscli.errors import VoiceError
from ttscli.melspec import MelSpec
from ttscli.settings import config_of, mel_spec_of, read_settings, require_agreement, stated


@pytest.mark.parametrize(
    "text",
    ['{"a": {"b": [1, 2.5, null]}, "c": "d"}', "a:\n  b: [1, 2.5, null]\nc: d\n", "# remark\na: {b: [1, 2.5, ~]}\nc: 'd'\n"],
    ids=["json", "yaml", "flow"],
)
def test_settings_are_known_by_what_is_in_them(text: str) -> None:
    assert read_settings(text, "it") == {"a": {"b": [1, 2.5, None]}, "c": "d"}


def test_settings_in_toml() -> None:
    assert read_settings('c = "d"\n[a]\nb = [1, 2.5]\n', "it") == {"a": {"b": [1, 2.5]}, "c": "d"}
    assert read_settings("", "it") == {}


@pytest.mark.parametrize("number", ["1e-5", "1E-5", "1.0e-5", "1.e-5", "0.00001", "+1e-5", ".1e-4"])
def test_numbers_in_yaml_are_numbers(number: str) -> None:
    assert read_settings(f"clip_val: {number}", "it") == {"clip_val": 1e-5}
    assert read_settings(f"a: [-1e3, 1.5e3, 7, '{number}', 1e, e5]", "it") == {"a": [-1000.0, 1500.0, 7, number, "1e", "e5"]}


def test_documents_of_a_yaml_file_are_one_table() -> None:
    assert read_settings("a: 1\nb: 2\n---\n# remark\nb: 3\nc: 4\n---\n", "it") == {"a": 1, "b": 3, "c": 4}


@pytest.mark.parametrize(
    "text",
    [
        "words",
        "a: 1\n---\n[[b, 2]]",
        "~",
        "[1, 2]",
        "3: 4",
        "a: [",
        "!!python/object/apply:os.system ['true']",
        "[" * 100_000,
        "a: \x00",
    ],
    ids=["words", "one of two", "nothing", "list", "number", "open", "object", "deep", "binary"],
)
def test_what_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(VoiceError, match="it: not a table of settings"):
        read_settings(text, "it")


@dataclass(frozen=True)
class Sizes:
    width: int = 3
    dilations: tuple[int, ...] = (1,)
    n_mels: int = 80


WORDS = {"hidden": "width", "language": "language"}
WHOLE: dict[str, Any] = {
    "seed": 7,
    "hidden": 4,
    "train": {"hidden": 5, "seed": 1},
    "network": {"hidden": 6, "inner": {"dilations": [1, 2]}, "dropout": 0.5},
    "audio": {"sampling_rate": 16000, "n_mel": 20, "mel_fmax": None},
}
"""What a program may publish."""


def heard(settings: dict[str, Any], *sections: str) -> dict[str, object]:
    return stated(settings, WORDS, sections, Sizes)


def test_of_a_whole_configuration_the_sections_are_heard() -> None:
    told = heard(WHOLE, "network", "inner", "audio")
    assert told == {"width": 6, "dilations": [1, 2], "sample_rate_hz": 16000, "n_mels": 20, "high_hz": None}
    assert config_of(Sizes, told) == Sizes(6, (1, 2), 20)
    assert mel_spec_of(told) == MelSpec(sample_rate_hz=16000, n_mels=20, high_hz=8000.0)
    assert heard(WHOLE) == {"width": 4}
    assert heard({}) == {}


def test_a_flat_table_is_in_the_words_of_the_authors_or_in_ours() -> None:
    theirs = {"hidden": 6, "filter_length": 800, "hop_size": 200, "win_length": 800, "mel_fmin": 20, "clip_val": 1e-4}
    ours = {"width": 6, "fft_samples": 800, "hop_samples": 200, "window_samples": 800, "low_hz": 20, "floor": 1e-4}
    assert heard(theirs) == heard(ours) == ours
    assert heard({"language": "en"}) == {"language": "en"}


@pytest.mark.parametrize(
    ("settings", "fault", "hint"),
    [
        ({"hiden": 6}, "settings: hiden: there is no such key", "did you mean hidden?"),
        ({"sampling_rates": 16000}, "settings: sampling_rates: there is no such key", "did you mean sampling_rate?"),
        ({"hidden": 6, "seed": 7}, "settings: seed: there is no such key", "give the configuration that its authors publish"),
        ({"hidden": 6, "network": 3}, "settings: network is not a table", "give the configuration that its authors publish"),
    ],
)
def test_a_key_that_nobody_hears_is_named(settings: dict[str, Any], fault: str, hint: str) -> None:
    with pytest.raises(VoiceError, match=fault) as refused:
        heard(settings, "network")
    assert refused.value.hint == hint


@pytest.mark.parametrize(("rate", "high_hz"), [({}, 11025.0), ({"sample_rate_hz": 16000}, 8000.0)])
def test_mels_without_an_upper_end_go_up_to_half_the_rate(rate: dict[str, object], high_hz: float) -> None:
    assert mel_spec_of({"high_hz": None} | rate).high_hz == high_hz
    assert mel_spec_of(rate).high_hz == MelSpec.high_hz


def test_values_of_another_type_are_named() -> None:
    with pytest.raises(VoiceError, match=r"config\.width: 'wide'"):
        config_of(Sizes, {"width": "wide"})
    with pytest.raises(VoiceError, match=r"config\.sample_rate_hz: 'high'"):
        mel_spec_of({"sample_rate_hz": "high", "high_hz": None})


def test_settings_may_repeat_what_tensors_say_but_not_contradict() -> None:
    require_agreement({"width": 3, "dilations": [1, 2], "other": 1}, {"width": 3, "dilations": (1, 2), "kernel": 4}, "x.pt")
    with pytest.raises(VoiceError, match=r"x\.pt: dilations is \[1, 2\] by its tensors, not \[1, 3\] as stated"):
        require_agreement({"dilations": [1, 3]}, {"dilations": (1, 2)}, "x.pt")
