"""Training: corpus → batches → loop → run folder → voice. Never imported by what speaks."""
