"""Damage to the spectrograms that the teacher hears, so that it learns to listen to the symbols too.

Paper: Vainer and Dušek, "SpeedySpeech", 2020, section 2.3. Nothing is known to differ from its program. What the teacher shall
predict stays clean. Letters: B batch, N symbols, T frames, M mel bands.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ttscli_speedyspeech.teacher import normal_like


@dataclass(frozen=True)
class Augmentation:
    """How much damage; the defaults are the published ones.

    Attributes:
        noise: standard deviation of what is added to every value.
        own_share: share of the items that are replaced by the teacher's own output.
        own_passes: how many times the teacher hears its own output for that.
        silent_share: share of the frames, padding included, that are set to 0.
    """

    noise: float = 0.01
    own_share: float = 0.5
    own_passes: int = 2
    silent_share: float = 0.1


def augment(
    teacher: nn.Module, ids: Tensor, n_symbols: Tensor, mels: Tensor, settings: Augmentation, chance: torch.Generator
) -> Tensor:
    """Damage (B, T, M) in [0, 1], of the utterances `ids` int64 (B, N), `n_symbols` int64 (B,), in three steps → (B, T, M).

    `teacher` is a Teacher, perhaps wrapped. The same state of `chance` gives the same damage.
    """
    noisy = mels + settings.noise * normal_like(mels, chance)
    return silence_frames(replace_by_own(teacher, ids, n_symbols, noisy, settings, chance), settings.silent_share, chance)


@torch.no_grad()
def replace_by_own(
    teacher: nn.Module, ids: Tensor, n_symbols: Tensor, mels: Tensor, settings: Augmentation, chance: torch.Generator
) -> Tensor:
    """Replace random items of (B, T, M) by what the teacher makes of them → (B, T, M)."""
    n_replaced = int(settings.own_share * len(mels))
    if n_replaced == 0:
        return mels
    own = mels
    for _ in range(settings.own_passes):
        own, _ = teacher(ids, n_symbols, own, chance)
    replaced = torch.randperm(len(mels), generator=chance, device=chance.device)[:n_replaced].to(mels.device)
    return mels.index_copy(0, replaced, own[replaced].to(mels.dtype))


def silence_frames(mels: Tensor, share: float, chance: torch.Generator) -> Tensor:
    """Set int(share * T) random frames of each item of (B, T, M) to 0 → (B, T, M)."""
    n_items, n_frames, _ = mels.shape
    order = torch.rand(n_items, n_frames, generator=chance, device=chance.device).argsort(dim=1).to(mels.device)
    silent = order < int(share * n_frames)  # each row of `order` holds 0 … T - 1 once
    return mels.masked_fill(silent[..., None], 0.0)
