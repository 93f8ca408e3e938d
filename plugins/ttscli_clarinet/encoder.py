"""The encoder: symbols → keys that attention finds them by, and values that it reads.

Ping et al., "Deep Voice 3", 2018, arXiv:1710.07654, section 3.4; ClariNet (arXiv:1807.07281, section 4) takes it over.
Differs from it: no speakers; padding is masked (see glu.py).

Letters: B batch, N symbols, E embedding channels, C channels.
"""

from torch import Tensor, nn

from ttscli_clarinet.glu import SQRT_HALF, CentredLayer, stack
from ttscli_clarinet.text_to_wave_config import TextToWaveConfig


class Encoder(nn.Module):
    """An embedding, centred blocks, and a way back to the embedding's size."""

    def __init__(self, config: TextToWaveConfig) -> None:
        super().__init__()
        size = config.embedding
        self.embedding = nn.Embedding(config.n_symbols, size)
        self.dropout = nn.Dropout(config.dropout)
        self.layers = stack(CentredLayer, size, config.encoder, config.dropout)
        self.outlet = nn.Conv1d(config.encoder[-1][0], size, 1)

    def forward(self, ids: Tensor, inside: Tensor) -> tuple[Tensor, Tensor]:
        """Encode a batch.

        Args:
            ids: int64 (B, N).
            inside: bool (B, 1, N), True where there is a symbol.

        Returns:
            Keys and values, float (B, E, N) each.
        """
        embedded = self.dropout(self.embedding(ids)).transpose(1, 2)  # (B, N, E) → (B, E, N)
        x = embedded
        for layer in self.layers:
            x = layer(x, inside)
        keys: Tensor = self.outlet(x)
        return keys, (keys + embedded) * SQRT_HALF
