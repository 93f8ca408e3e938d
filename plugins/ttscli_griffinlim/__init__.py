"""Griffin-Lim: a vocoder without weights, for hearing any mel at once."""
