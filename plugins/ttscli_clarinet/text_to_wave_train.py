"""Training of text-to-wave: one network, one optimizer, all losses at once.

Ping, Peng and Chen, "ClariNet", 2018, arXiv:1807.07281, section 4: from scratch, the vocoder on clips of the utterances.
Differs from it: attention may be led, and the vocoder may start from a trained teacher, or be left out; see TextToWaveTraining.

Letters: B batch, N symbols, T frames, M mel bands, K frequency bins, F frames a clip, r frames a decoder step.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import starmap
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from ttscli.config import require_sizes
from ttscli.errors import UsageError
from ttscli.melspec import MelSpec
from ttscli.nn.lengths import off_diagonal
from ttscli.nn.weight_norm import weight_normed
from ttscli.training.batches import in_order, shuffled
from ttscli.training.corpus import Corpus, Utterance
from ttscli.training.recipe import Recipe
from ttscli.training.trainer import Trainer, spelling_of
from ttscli_clarinet.frontend import conditioner
from ttscli_clarinet.losses import likelihood_loss
from ttscli_clarinet.text_to_wave import Heard, Recordings, TextToWave
from ttscli_clarinet.text_to_wave_config import text_to_wave_config
from ttscli_clarinet.text_to_wave_losses import (
    attention_target,
    binary_divergence,
    done_loss,
    done_target,
    guided_attention,
    l1_loss,
    supervised_attention,
)
from ttscli_clarinet.train import read_teacher
from ttscli_clarinet.wavenet import WaveNet

VOCODER = "vocoder."
FLOWS = "vocoder.flows."
"""How names of tensors begin, of either kind of vocoder, and of flows."""
_LEAST_AMPLITUDE = 1e-5
_GUIDE_WIDTH = 0.2
_DIVERGENCE_SHARE = 0.1
"""Of the decoder's loss of mels; the rest is L1, as in the public Deep Voice 3."""


@dataclass(frozen=True)
class TextToWaveTraining:
    """The [network.training] table of a recipe.

    Attributes:
        clip_frames: what the vocoder hears of an utterance at a time, or less if the batch has a shorter one.
        attention: who leads it. "nobody" as in the paper; "diagonal" = guided attention; "durations" = those of the corpus;
            "forced" = these too, and the decoder reads what they say, so that the rest need not wait until attention knows them.
        attention_weight: of that loss.
        nll_weight: of the samples' likelihood; with 0 the vocoder does not learn, and flows have to take its place.
        mel_weight: of the hidden states' distance from mels in [0, 1], which a vocoder that learned from mels understands at
            once; with 0, as in the paper, they may be anything.
        teacher: folder of a teacher's run, or a voice that has it, of whom the vocoder takes what has its size; "" for none.
    """

    clip_frames: int = 43
    attention: Literal["nobody", "diagonal", "durations", "forced"] = "nobody"
    attention_weight: float = 1.0
    nll_weight: float = 1.0
    mel_weight: float = 0.0
    teacher: str = ""

    def __post_init__(self) -> None:
        require_sizes(self, "clip_frames")


class Batch(NamedTuple):
    """Recordings, with linear spectra (B, K, T) in [0, 1], and where durations lead, what attention should be (B, S, N)."""

    recordings: Recordings
    spectra: Tensor
    attention: Tensor | None


@dataclass(frozen=True)
class Recorder:
    """Recordings out of a corpus: whole utterances, and of each a clip for the vocoder.

    Attributes:
        corpus: what they are of.
        symbols: by id.
        frames_per_step: of the decoder.
        clip_frames: as in TextToWaveTraining; with 0 clips are empty.
        size: frames of a batch at most, padding included.
    """

    corpus: Corpus
    symbols: Sequence[str]
    frames_per_step: int
    clip_frames: int
    size: int

    def training(self, seed: int, first: int = 0) -> Iterator[tuple[Recordings, list[Utterance]]]:
        """Utterances alike in length, as recordings and as they are; as Trainer.batches."""
        utterances = self.corpus.training_of(most=self.size)
        for number, chosen in enumerate(shuffled(utterances, self.size, seed, first), first):
            yield self._recordings(chosen, np.random.default_rng([seed, number])), chosen

    def validation(self) -> Iterator[tuple[Recordings, list[Utterance]]]:
        """The held-out utterances, with the same clips each time."""
        chance = np.random.default_rng(0)
        for chosen in in_order(self.corpus.validation, self.size):
            yield self._recordings(chosen, chance), chosen

    def _recordings(self, utterances: Sequence[Utterance], chance: np.random.Generator) -> Recordings:
        """Pad utterances to the longest of them, and cut a clip out of each."""
        ids = {symbol: number for number, symbol in enumerate(self.symbols)}
        n_clip = min(self.clip_frames, *(u.n_frames for u in utterances))
        starts = [int(chance.integers(u.n_frames - n_clip + 1)) for u in utterances]
        clips = [self.audio(u)[start : start + n_clip].flatten() for u, start in zip(utterances, starts, strict=True)]
        return Recordings(
            ids=pad_sequence([torch.tensor([ids[s] for s in u.symbols]) for u in utterances], batch_first=True),
            n_symbols=torch.tensor([len(u.symbols) for u in utterances]),
            mels=self.in_steps([self._mel(u) for u in utterances]),
            n_frames=torch.tensor([u.n_frames for u in utterances]),
            starts=torch.tensor(starts),
            clips=torch.stack(clips),
        )

    def audio(self, utterance: Utterance) -> Tensor:
        """Float32 (T, hop), in [-1, 1]."""
        return torch.from_numpy(self.corpus.audio[utterance.frames].astype(np.float32) / 32768)

    def _mel(self, utterance: Utterance) -> Tensor:
        """Float32 (T, M), in [0, 1]."""
        return conditioner(torch.from_numpy(self.corpus.mel(utterance)), self.corpus.mel_spec.floor)

    def in_steps(self, items: Sequence[Tensor]) -> Tensor:
        """(own T, …) each → (B, T, …), zeros behind, T whole decoder steps."""
        together = pad_sequence(list(items), batch_first=True)
        return functional.pad(together, (0, 0, 0, -together.shape[1] % self.frames_per_step))


class TextToWaveTrainer(Trainer):
    architecture: ClassVar[str] = "clarinet"
    kind: ClassVar[str] = "text_to_wave"
    recipes: ClassVar[str] = "text_to_wave_recipes"
    network: TextToWave

    def __init__(self, recipe: Recipe, corpus: Corpus, symbols: list[str], network: TextToWave) -> None:
        self.recipe, self.corpus, self.symbols, self.network = recipe, corpus, symbols, network
        self.training = recipe.training(TextToWaveTraining)
        clip_frames = self.training.clip_frames if self.training.nll_weight > 0 else 0
        self.recorder = Recorder(corpus, symbols, network.config.frames_per_step, clip_frames, recipe.batch)

    @classmethod
    def build(cls, recipe: Recipe, corpus: Corpus) -> "TextToWaveTrainer":
        """Make an untrained network whose alphabet is every symbol of the corpus, after the padding symbol.

        Its position encodings turn as fast as the corpus speaks, so that attention begins near the diagonal; and it dwells on a
        symbol no longer than the corpus does, if that is known.
        """
        symbols = corpus.table()
        training = recipe.training(TextToWaveTraining)
        config = text_to_wave_config(recipe.sizes(), corpus.mel_spec, n_symbols=len(symbols))
        if training.mel_weight and config.hidden_channels != config.n_mels:
            sizes = f"{config.hidden_channels} channels, mels {config.n_mels} bands"
            raise UsageError(f"clarinet: the bridge's last block has {sizes}", "let them be as many, or mel_weight 0")
        frames_per_symbol = sum(u.n_frames for u in corpus.utterances) / sum(len(u.symbols) for u in corpus.utterances)
        steps_per_symbol = round(frames_per_symbol / config.frames_per_step, 4)
        longest = max(max(u.durations_or_zeros) for u in corpus.utterances)
        dwell = longest and -(-longest // config.frames_per_step) + 1
        network = TextToWave(replace(config, key_rate=steps_per_symbol * config.query_rate, dwell=dwell))
        if training.teacher:
            adopt(network.vocoder.wavenet, read_teacher(training.teacher, corpus.mel_spec).wavenet)
        network.vocoder.requires_grad_(training.nll_weight > 0)
        return cls(recipe, corpus, symbols, weight_normed(network))

    def begin(self, weights: Mapping[str, Tensor], source: str) -> None:
        """As Trainer.begin; the vocoder stays as it is if `weights` have flows in its place, as those of most voices."""
        if any(name.startswith(FLOWS) for name in weights):
            weights = replaced(self.network, weights, lambda name: not name.startswith(VOCODER))
        super().begin(weights, source)

    def config(self) -> dict[str, Any]:
        """The network's sizes, with what the corpus decided."""
        own = self.network.config
        return self.recipe.sizes() | {"n_symbols": len(self.symbols), "key_rate": own.key_rate, "dwell": own.dwell}

    def text(self) -> dict[str, Any]:
        """The corpus's alphabet and symbols."""
        return spelling_of(self.corpus, self.symbols)

    def batches(self, seed: int, first: int = 0) -> Iterator[Batch]:
        """Batches of at most recipe.batch frames (padding included), alike in length."""
        return starmap(self._batch, self.recorder.training(seed, first))

    def validation_batches(self) -> Iterator[Batch]:
        """The held-out utterances."""
        return starmap(self._batch, self.recorder.validation())

    def _batch(self, recordings: Recordings, utterances: Sequence[Utterance]) -> Batch:
        spec, recorder = self.corpus.mel_spec, self.recorder
        spectra = recorder.in_steps([linear_spectrum(recorder.audio(u).flatten(), spec).T for u in utterances])  # (K, T) → (T, K)
        if self.training.attention not in ("durations", "forced"):
            return Batch(recordings, spectra, None)
        durations = pad_sequence([torch.tensor(u.durations) for u in utterances], batch_first=True)
        group = recorder.frames_per_step
        return Batch(recordings, spectra, attention_target(durations, recordings.mels.shape[1] // group, group))

    def losses(self, network: nn.Module, batch: Batch) -> dict[str, Tensor]:
        """Those of the decoder, "done", that of the bridge, that of the vocoder, and that of the attention if it is led."""
        forced = batch.attention if self.training.attention == "forced" else None
        heard: Heard = network(batch.recordings, forced)
        mels, n_frames, logits = batch.recordings.mels, batch.recordings.n_frames, heard.decoded.mel_logits
        losses = {
            "l1": l1_loss(logits.sigmoid(), mels, n_frames),
            "divergence": binary_divergence(logits, mels, n_frames),
            "done": self._done(heard, n_frames),
            "spectra": l1_loss(heard.spectra.transpose(1, 2), batch.spectra, n_frames),  # (B, K, T) → (B, T, K)
        }
        of_mels = (1 - _DIVERGENCE_SHARE) * losses["l1"] + _DIVERGENCE_SHARE * losses["divergence"]
        total = of_mels + losses["done"] + losses["spectra"]
        if heard.samples is not None:
            losses["nll"] = likelihood_loss(heard.samples, batch.recordings.clips)
            total = total + self.training.nll_weight * losses["nll"]
        if self.training.mel_weight:
            losses["hidden"] = l1_loss(heard.hidden.transpose(1, 2), mels, n_frames)  # (B, H, T) → (B, T, H)
            total = total + self.training.mel_weight * losses["hidden"]
        if self.training.attention != "nobody":
            losses["attention"] = self._attention(heard.decoded.attention, batch)
            total = total + self.training.attention_weight * losses["attention"]
        return losses | {"total": total}

    def _done(self, heard: Heard, n_frames: Tensor) -> Tensor:
        logits = heard.decoded.done_logits
        return done_loss(logits, done_target(self._steps(n_frames), logits.shape[1]))

    def _attention(self, attention: Tensor, batch: Batch) -> Tensor:
        if batch.attention is not None:
            return supervised_attention(attention, batch.attention)
        n_steps = self._steps(batch.recordings.n_frames)
        longest = (attention.shape[2], attention.shape[3])
        return guided_attention(attention, off_diagonal(n_steps, batch.recordings.n_symbols, longest, _GUIDE_WIDTH))

    def _steps(self, n_frames: Tensor) -> Tensor:
        """Decoder steps that so many frames take, rounded up: int64 (B,) → (B,)."""
        return -(-n_frames // self.network.config.frames_per_step)


def replaced(network: nn.Module, given: Mapping[str, Tensor], where: Callable[[str], bool]) -> dict[str, Tensor]:
    """The tensors of `network`, and in the place of those whose names `where` accepts, the `given` ones of such names."""
    kept = {name: tensor for name, tensor in network.state_dict().items() if not where(name)}
    return kept | {name: tensor for name, tensor in given.items() if where(name)}


def linear_spectrum(wave: Tensor, spec: MelSpec) -> Tensor:
    """Log magnitudes of a wave, in [0, 1] over the 100 dB up to a sine of full scale: float (T * hop,) → float32 (K, T)."""
    window = torch.hann_window(spec.window_samples)
    spectrum = torch.stft(
        wave, spec.fft_samples, spec.hop_samples, spec.window_samples, window, pad_mode="constant", return_complex=True
    )
    amplitudes = spectrum.abs()[:, :-1] / (window.sum() / 2)
    return 1 - amplitudes.clamp(_LEAST_AMPLITUDE, 1).log() / math.log(_LEAST_AMPLITUDE)


def adopt(wavenet: WaveNet, trained: WaveNet) -> None:
    """Copy all layers but those that see conditions, if these are of another number.

    Raises:
        UsageError: `trained` has other sizes.
    """
    own = wavenet.state_dict()
    if replace(trained.config, condition_channels=wavenet.config.condition_channels) != wavenet.config:
        raise UsageError(f"clarinet: the teacher is {trained.config}, the vocoder {wavenet.config}", "write the teacher's sizes")
    fitting = {name: tensor for name, tensor in trained.state_dict().items() if own[name].shape == tensor.shape}
    wavenet.load_state_dict(fitting, strict=False)
