import io
import json
import tarfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.parity.reference import reference
from tests.plugins.talknet_archives import FILES, State, published_form, read_parts, write_archive
from tests.plugins.talknet_networks import SMALL, networks
from tests.plugins.test_talknet import OTHER
from ttscli.contract import SpeechOptions
from ttscli.errors import VoiceError
from ttscli.importing import Imported
from ttscli.melspec import MelSpec
from ttscli.nn.weights import save_weights
from ttscli.testing import utterance
from ttscli_talknet.checkpoints import importer
from ttscli_talknet.config import talknet_config
from ttscli_talknet.model import TalkNet

PUBLISHED = [reference("talknet") / name for name in FILES.values()]
Parts = dict[str, tuple[dict[str, Any], State]]


@pytest.fixture
def parts() -> Parts:
    """The reference folder's archives, to be altered."""
    return {network: read_parts(path) for network, path in zip(FILES, PUBLISHED, strict=True)}


def written(parts: Parts, to: Path, **how: Any) -> list[Path]:
    return [write_archive(to / FILES[network], *part, **how) for network, part in parts.items()]


def same(one: Imported, other: Imported) -> bool:
    tensors = all(np.array_equal(array, other.tensors[name]) for name, array in one.tensors.items())
    return tensors and (one.config, one.mel_spec, one.text) == (other.config, other.mel_spec, other.text)


@pytest.mark.parametrize("form", ["plain", "gzip", "bzip2", "bare names", "any order", "module", "numbers", "legacy"])
def test_forms_of_the_same_archives(form: str, parts: Parts, tmp_path: Path) -> None:
    if form == "module":
        parts = {name: (settings, {f"module.{key}": t for key, t in state.items()}) for name, (settings, state) in parts.items()}
    elif form == "numbers":
        parts = {name: (settings, {key: t.double() if t.is_floating_point() else t for key, t in state.items()})
                 for name, (settings, state) in parts.items()}  # fmt: skip
    elif form == "legacy":
        old = io.BytesIO()
        torch.save(parts["pitch"][1], old, _use_new_zipfile_serialization=False)
        parts["pitch"] = (parts["pitch"][0], old.getvalue())  # type: ignore[assignment]
    paths = written(
        parts, tmp_path, mode={"gzip": "w:gz", "bzip2": "w:bz2"}.get(form, "w"), folder="" if form == "bare names" else "./"
    )
    assert same(importer(paths[::-1] if form == "any order" else paths, {}), importer(PUBLISHED, {}))


def test_a_joined_model_brings_the_others_with_it(parts: Parts, tmp_path: Path) -> None:
    """Their weights alone, so what only their configurations say must be stated."""
    settings, state = parts["spectrogram"]
    joined = state | {f"_{short}_model.{key}": tensor for short, network in (("durs", "durations"), ("pitch", "pitch"))
                      for key, tensor in parts[network][1].items()}  # fmt: skip
    path = write_archive(tmp_path / "joined.nemo", settings, joined)
    mean = parts["pitch"][0]["f0_mean"]
    wanted = importer(PUBLISHED, {})
    assert same(importer([path], {"pitch": {"f0_mean": mean, "f0_std": parts["pitch"][0]["f0_std"]}}), wanted)
    assert same(importer([path, *PUBLISHED[:2]], {}), wanted)


def test_half_precision_is_cast_up(parts: Parts, tmp_path: Path) -> None:
    settings, state = parts["durations"]
    parts["durations"] = (settings, {key: t.half() if t.is_floating_point() else t for key, t in state.items()})
    made, wanted = importer(written(parts, tmp_path), {}), importer(PUBLISHED, {})
    for name, array in made.tensors.items():
        assert array.dtype == wanted.tensors[name].dtype
        assert np.allclose(np.asarray(array, np.float64), np.asarray(wanted.tensors[name], np.float64), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("table", [SMALL, OTHER | {"merge_blanks": False}], ids=["small", "other"])
def test_any_stack_of_blocks_can_be_imported(table: dict[str, Any], tmp_path: Path) -> None:
    """What goes through archives speaks as before: sizes from shapes, the rest from the configuration."""
    torch.manual_seed(0)
    made = networks(table | {"f0_mean": 111.0, "f0_std": 22.0}, MelSpec(), n_symbols=59)
    part = importer(written(published_form(made), tmp_path), {})
    assert asdict(talknet_config(part.config, part.mel_spec, n_symbols=59)) == asdict(made.config)
    save_weights({name: torch.from_numpy(array) for name, array in part.tensors.items()}, tmp_path / "w", torch.float32)
    imported = TalkNet.load(tmp_path / "w", part.config, part.mel_spec, "cpu")
    original = TalkNet(made, MelSpec(), torch.device("cpu"))
    ids = utterance(12, 59)
    one, other = (model.mels([ids], SpeechOptions())[0].frames for model in (original, imported))
    np.testing.assert_array_equal(one, other)


def test_the_configuration_beside_the_archives_says_the_same(parts: Parts) -> None:
    config = json.loads((reference("talknet") / "config.json").read_text())
    assert {"durations": "durs", "pitch": "pitch", "spectrogram": "spect"}.keys() == parts.keys()
    assert same(importer(PUBLISHED, config), importer(PUBLISHED, {}))


def test_front_ends_in_seconds_and_references(parts: Parts, tmp_path: Path) -> None:
    settings = parts["spectrogram"][0]
    seconds = {"n_window_size": False, "window_size": 0.02, "n_window_stride": None, "window_stride": 0.01, "n_fft": None}
    others = {"sample_rate": "${model.rate}", "lowfreq": 20, "highfreq": None, "mag_power": 2.0}
    settings["preprocessor"] |= seconds | others
    settings["rate"] = 24000
    spec = importer(written(parts, tmp_path), {}).mel_spec
    assert (spec.sample_rate_hz, spec.window_samples, spec.hop_samples, spec.fft_samples) == (24000, 480, 240, 512)
    assert (spec.low_hz, spec.high_hz, spec.power) == (20.0, 12000.0, 2.0)


def test_what_archives_leave_out_is_as_published(parts: Parts, tmp_path: Path) -> None:
    """A configuration of another release, of which nothing is known but the vocabulary."""
    dataset = {"train_ds": parts["durations"][0]["train_ds"], "what_is_this": [{"nobody": "knows"}]}
    part = importer(written({name: (dict(dataset), state) for name, (_, state) in parts.items()}, tmp_path), {})
    assert part.mel_spec == MelSpec(n_mels=part.mel_spec.n_mels)
    assert part.config["f0_mean"] == talknet_config({}, MelSpec(), n_symbols=1).f0_mean


def test_without_blanking_there_are_no_blanks(parts: Parts, tmp_path: Path) -> None:
    for settings, _ in parts.values():
        settings["train_ds"]["dataset"]["blanking"] = False
    text = importer(written(parts, tmp_path), {}).text
    assert text is not None
    assert (text.start, text.end, text.blank) == ("", "", "")


CHANGES: dict[str, Callable[[dict[str, Any], State], object]] = {
    "drop": lambda settings, state: state.pop("encoder.encoder.0.mconv.2.bias"),
    "add": lambda settings, state: state.update({"encoder.encoder.0.mconv.0.conv.bias": torch.zeros(3)}),
    "reshape": lambda settings, state: state.update({"encoder.encoder.1.mconv.1.conv.weight": torch.zeros(3, 3, 1)}),
    "nan": lambda settings, state: state["encoder.encoder.0.mconv.2.bias"].fill_(torch.nan),
    "headless": lambda settings, state: [state.pop(name) for name in list(state) if not name.startswith("encoder.")],
    "stride": lambda settings, state: settings["encoder"]["jasper"][1].update(stride=[2]),
    "blocks": lambda settings, state: settings["encoder"]["jasper"].pop(),
    "vocabulary": lambda settings, state: settings["train_ds"]["dataset"]["vocab"].update(add_blank_at="last_but_one"),
}


@pytest.mark.parametrize("network", FILES)
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("drop", r"tensor encoder\.encoder\.0\.mconv\.2\.bias is missing"),
        ("add", r"tensor encoder\.encoder\.0\.mconv\.0\.conv\.bias has no place"),
        ("reshape", r"shape \(3, 3, 1\)"),
        ("nan", "not finite"),
        ("headless", "none of TalkNet's three networks"),
        ("stride", "stride .* is not supported"),
        ("blocks", "jasper does not describe"),
        ("vocabulary", "vocabularies differ"),
    ],
)
def test_wrong_archives_are_refused(network: str, change: str, message: str, parts: Parts, tmp_path: Path) -> None:
    CHANGES[change](*parts[network])
    with pytest.raises(VoiceError, match=message):
        importer(written(parts, tmp_path), {})


def test_a_vocabulary_must_have_as_many_symbols_as_there_are_embeddings(parts: Parts, tmp_path: Path) -> None:
    for settings, _ in parts.values():
        settings["train_ds"]["dataset"]["vocab"]["stresses"] = True
    with pytest.raises(VoiceError, match=r"symbols\.weight has shape"):
        importer(written(parts, tmp_path), {})


@pytest.mark.parametrize(("network", "key"), [("pitch", "f0_mean"), ("spectrogram", "preprocessor")])
def test_numbers_must_be_numbers(network: str, key: str, parts: Parts, tmp_path: Path) -> None:
    parts[network][0][key] = {"f0_mean": "high", "preprocessor": {"sample_rate": "many"}}[key]
    with pytest.raises(VoiceError, match="is not a number"):
        importer(written(parts, tmp_path), {})


@pytest.mark.parametrize("at", ["f0_mean", "stride", "dilation"])
def test_what_is_wrong_is_told_in_a_few_words(at: str, parts: Parts, tmp_path: Path) -> None:
    """Though of nine lines YAML makes a value of a billion."""
    settings, _ = parts["pitch"]
    bomb: list[Any] = ["x"] * 9
    for _ in range(6):
        bomb = [bomb] * 9
    (settings if at == "f0_mean" else settings["encoder"]["jasper"][1])[at] = bomb
    with pytest.raises(VoiceError, match=r"\.\.\.") as fault:
        importer(written(parts, tmp_path), {})
    assert len(str(fault.value)) < 1000


def test_archives_must_be_three_of_a_kind_each(parts: Parts) -> None:
    with pytest.raises(VoiceError, match="no archive has the network of pitch"):
        importer([PUBLISHED[0], PUBLISHED[2]], {})
    with pytest.raises(VoiceError, match="another network of durations"):
        importer([PUBLISHED[0], *PUBLISHED], {})
    with pytest.raises(VoiceError, match=r"settings\.durs") as fault:
        importer(PUBLISHED, {"durs": 3})
    assert fault.value.hint == "its keys are those of the archive's model_config.yaml"
    with pytest.raises(VoiceError, match=r"config\.voice"):
        importer(PUBLISHED, {"voice": {}})


def test_settings_of_our_own_go_before_the_archives() -> None:
    config = importer(PUBLISHED, {"f0_mean": 99.0, "merge_blanks": True}).config
    assert (config["f0_mean"], config["merge_blanks"]) == (99.0, True)


def hostile(kind: str, path: Path) -> Path:
    """An archive that nobody would publish."""
    settings, state = read_parts(PUBLISHED[0])
    if kind == "yaml":
        return write_archive(path, b"a: !!python/object/apply:os.system ['true']", state)
    if kind == "pickle":
        return write_archive(path, settings, [print])
    if kind == "text":
        path.write_bytes(b"not an archive")
        return path
    write_archive(path, settings, b"" if kind == "empty" else state)
    if kind in ("link", "twice"):
        with tarfile.open(path, "a") as archive:
            member = tarfile.TarInfo("./model_config.yaml" if kind == "twice" else "./other")
            member.type = tarfile.SYMTYPE if kind == "link" else tarfile.REGTYPE
            member.linkname = "/etc/passwd" if kind == "link" else ""
            archive.addfile(member, io.BytesIO())
    if kind == "cut":
        path.write_bytes(path.read_bytes()[:3000])
    return path


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("yaml", "not a table of settings"),
        ("pickle", "holds more than data"),
        ("text", r"damaged, or no \.nemo archive"),
        ("empty", "damaged"),
        ("link", r"other: no member of a \.nemo"),
        ("twice", r"model_config\.yaml: no member of a \.nemo"),
        ("cut", r"damaged|has no model_weights\.ckpt"),
    ],
)
def test_hostile_and_damaged_archives_are_refused(kind: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match=message) as fault:
        importer([hostile(kind, tmp_path / "x.nemo"), *PUBLISHED[1:]], {})
    if kind not in ("pickle", "empty", "cut"):  # the checkpoint inside is at fault, which has a hint of its own
        assert fault.value.hint == "give an archive as published, talknet_durs.nemo, talknet_pitch.nemo or talknet_spect.nemo"


def test_a_missing_archive_is_named(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match=r"x\.nemo: cannot be read"):
        importer([tmp_path / "x.nemo"], {})


def test_members_that_are_too_large_are_not_read(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "x.nemo", b" " * (2**20 + 1), {"a": torch.zeros(1)}, mode="w:gz")
    with pytest.raises(VoiceError, match="bytes are too many"):
        importer([path], {})
