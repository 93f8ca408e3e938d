"""The bridge-net: hidden states of the decoder → what the vocoder is conditioned on, without a mel in between.

Ping, Peng and Chen, "ClariNet", 2018, arXiv:1807.07281, section 4.2; the blocks are the converter's of Deep Voice 3
(arXiv:1710.07654, section 3.8).
Differs from it: the upsampling to samples is with the vocoder. A head that speaks of linear spectra is there for a loss only.

Letters: B batch, S decoder steps, r frames a step, T = S * r frames, C decoder channels, H hidden channels, K frequency bins.
"""

from torch import Tensor, nn

from ttscli_clarinet.glu import CentredLayer, stack
from ttscli_clarinet.text_to_wave_config import TextToWaveConfig

_FIRST_BLOCK = (3, 3)  # kernel and dilation of the block that every converter begins with


class Bridge(nn.Module):
    """Each step's state becomes r frames, which see each other in both directions."""

    def __init__(self, config: TextToWaveConfig) -> None:
        super().__init__()
        self.frames_per_step = config.frames_per_step
        width = config.bridge[0][0]
        self.inlet = nn.Conv1d(config.decoder_channels // config.frames_per_step, width, 1)
        self.layers = stack(CentredLayer, width, ((width, *_FIRST_BLOCK), *config.bridge), config.dropout)
        self.spectrum = nn.Conv1d(config.hidden_channels, config.n_bins, 1)

    def forward(self, states: Tensor, inside: Tensor) -> Tensor:
        """Hidden states of the frames.

        Args:
            states: float (B, C, S).
            inside: bool (B, 1, T), True where there is a frame.

        Returns:
            Float (B, H, T), zeros outside.
        """
        x: Tensor = self.inlet(self.frames(states))
        for layer in self.layers:
            x = layer(x, inside)
        return x

    def frames(self, states: Tensor) -> Tensor:
        """Cut each state into r slices: float (B, C, S) → (B, C / r, T)."""
        n_items, _, n_steps = states.shape
        slices = states.transpose(1, 2).reshape(n_items, n_steps * self.frames_per_step, -1)  # (B, S, C) → (B, T, C / r)
        return slices.transpose(1, 2)  # → (B, C / r, T)

    def spectra(self, hidden: Tensor) -> Tensor:
        """Logarithmic spectra, scaled to [0, 1]: float (B, H, T) → (B, K, T)."""
        spectra: Tensor = self.spectrum(hidden)
        return spectra.sigmoid()
