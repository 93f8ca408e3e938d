"""SpeedySpeech against the arrays that its published program made: student, teacher, losses, front end, durations, text."""

import json

import numpy as np
import pytest

from tests.parity.speedyspeech_outputs import FOLDER, VECTORS, outputs
from ttscli.text.symbols import SymbolTable
from ttscli_speedyspeech.text import PHONEMES, UNKNOWN, text_settings

INPUTS = {
    "stu_phonemes": "ids for the student",
    "stu_plen": "their lengths",
    "stu1_phonemes": "ids of one item",
    "stu_rounding_in": "durations before rounding",
    "stu_rounding_plen": "their length",
    "loss_phonemes": "ids for the losses",
    "loss_plen": "their lengths",
    "loss_durations": "true durations",
    "loss_slen": "their sums, the frames of each item",
    "loss_target_spec": "the mels to be predicted",
    "fe_wav0": "a recording",
    "fe_wav1": "a recording",
    "tea_phonemes": "ids for the teacher",
    "tea_plen": "their lengths",
    "tea_spec": "the recordings' mels",
    "tea_slen": "their lengths",
    "tea_guided_sigma": "a number of the loss",
    "fert_alignments": "attention maps made by hand",
    "fert_plen": "their symbols",
    "fert_slen": "their frames",
}
"""Arrays that are given to our program, and so have nothing to be compared with."""

NETWORK, LOSS, ATTENTION, FRONT_END, GRADIENT = 1e-4, 1e-5, 1e-5, 1e-4, 1e-5
"""Absolute tolerances in float32, from the material itself; integers and truth values are exact."""

OWN_TOLERANCES = {
    # The reference itself is this far from the gradient in float64.
    "train_grad_embedding": 1e-4,
    "train_grad_global_norm": 3e-4 * float(VECTORS["train_grad_global_norm"]),
    # Far below the stated tolerances, which would let anything pass here.
    "noam_lr": 1e-12,
    "fe_mel_basis": 1e-8,
    "tea_guided": 1e-6,
    "tea_guided_cfgsigma": 1e-6,
    # The reference holds whole numbers in floats.
    "stu_durations": 0.0,
    "stu1_durations": 0.0,
    "stu_rounding_out": 0.0,
}
KINDS = {
    "attention": ATTENTION,
    "fe_": FRONT_END,
    "grad": GRADIENT,
    "_l1": LOSS,
    "_ssim": LOSS,
    "_huber": LOSS,
    "_guided": LOSS,
    "total": LOSS,
}


def tolerance(name: str) -> float:
    if name in OWN_TOLERANCES:
        return OWN_TOLERANCES[name]
    if VECTORS[name].dtype.kind in "ib":
        return 0.0
    return next((value for part, value in KINDS.items() if part in name), NETWORK)


@pytest.mark.parametrize("name", sorted(VECTORS.keys() - INPUTS.keys()))
def test_array(name: str) -> None:
    ours, theirs = outputs()[name], VECTORS[name]
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours.astype(np.float64), theirs.astype(np.float64), rtol=0, atol=tolerance(name))


def test_every_array_is_compared_or_an_input() -> None:
    assert outputs().keys() | INPUTS.keys() == VECTORS.keys()
    assert not outputs().keys() & INPUTS.keys()


# Not compared: the way from `text` to `g2p` of each case, which is a cleaner of its authors' own and g2p_en.
TEXT = json.loads((FOLDER / "text.json").read_text(encoding="utf-8"))


def test_alphabet() -> None:
    assert list(PHONEMES) == TEXT["alphabet"]


def test_ids() -> None:
    """As the voice of an import numbers them; what the published program does not know, our front end leaves out beforehand."""
    settings = text_settings(len(PHONEMES))
    assert settings is not None
    table = SymbolTable(settings)
    for case in TEXT["cases"]:
        known = [symbol if symbol in table else UNKNOWN for symbol in case["g2p"]]
        assert table.ids(known).tolist() == case["ids"][: case["length"]]
        assert not any(case["ids"][case["length"] :])
