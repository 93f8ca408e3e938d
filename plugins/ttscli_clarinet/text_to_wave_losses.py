"""What the four parts of text-to-wave learn from, all at once.

Ping, Peng and Chen, "ClariNet", 2018, arXiv:1807.07281, section 4: the decoder's, the bridge's and the vocoder's losses, added up
as they are. The decoder's are those of Deep Voice 3 (arXiv:1710.07654), as its public program has them.
Differs from it: attention may be led, by the diagonal (Tachibana et al., 2017, arXiv:1710.08969) or by known durations.

Letters: B batch, N symbols, S decoder steps, T frames, M mel bands, L layers with attention. Every loss is a float32 scalar.
"""

from torch import Tensor
from torch.nn import functional

from ttscli.nn.lengths import frame_symbols, length_mask, masked_mean

_LEAST_WEIGHT = 1e-6


def l1_loss(predicted: Tensor, target: Tensor, n_frames: Tensor, masked_share: float = 0.5) -> Tensor:
    """Mean absolute difference of (B, T, M) twice, blended of a mean inside the utterances int64 (B,) and one over all frames."""
    return _blended((predicted - target).abs(), n_frames, masked_share)


def binary_divergence(logits: Tensor, target: Tensor, n_frames: Tensor, masked_share: float = 0.5) -> Tensor:
    """Cross entropy of values in [0, 1], each a probability: logits (B, T, M), target (B, T, M); means as in l1_loss.

    Its gradient does not fade where a sigmoid saturates.
    """
    return _blended(functional.binary_cross_entropy_with_logits(logits, target, reduction="none"), n_frames, masked_share)


def done_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Cross entropy of being done: (B, S) twice, the target 0 or 1."""
    return functional.binary_cross_entropy_with_logits(logits, target)


def done_target(n_steps: Tensor, longest: int) -> Tensor:
    """0 before the last step of an utterance, 1 from it on: int64 (B,), ≥ 1 → float (B, longest)."""
    return (~length_mask(n_steps - 1, longest)).float()


def guided_attention(attention: Tensor, weights: Tensor) -> Tensor:
    """Attention (B, L, S, N) weighted by how far it is from the diagonal, (B, S, N): mean over all places."""
    return (attention * weights[:, None]).mean()


def attention_target(durations: Tensor, n_steps: int, frames_per_step: int) -> Tensor:
    """How much of each decoder step belongs to each symbol; behind an utterance's end, to the last one that sounds.

    Args:
        durations: int64 (B, N), frames a symbol.
        n_steps: S, which no utterance exceeds.
        frames_per_step: r.

    Returns:
        Float (B, S, N), sums to 1 a step.
    """
    n_items, n_symbols = durations.shape
    last = (durations > 0).int().cumsum(dim=1).argmax(dim=1)
    rest = n_steps * frames_per_step - durations.sum(dim=1)
    lasting = durations + functional.one_hot(last, n_symbols) * rest[:, None]
    frames = functional.one_hot(frame_symbols(lasting)[0], n_symbols).float()  # (B, S * r, N)
    return frames.reshape(n_items, n_steps, frames_per_step, n_symbols).mean(dim=2)


def supervised_attention(attention: Tensor, wanted: Tensor) -> Tensor:
    """Kullback-Leibler divergence of attention (B, L, S, N) from its target (B, S, N): mean over layers and steps."""
    chosen = attention.clamp(min=_LEAST_WEIGHT).log()
    return functional.kl_div(chosen, wanted[:, None].expand_as(chosen), reduction="sum") / attention[..., 0].numel()


def _blended(each: Tensor, n_frames: Tensor, masked_share: float) -> Tensor:
    """(B, T, M) → scalar."""
    masked = masked_mean(each, length_mask(n_frames, each.shape[1])[:, :, None])
    return masked_share * masked + (1 - masked_share) * each.mean()
