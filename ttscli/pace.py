"""How slow, fast, low and high a voice may be asked to speak; a module of its own as options are read before numpy is loaded."""

SLOWEST, FASTEST = 0.25, 4.0
"""Bounds of SpeechOptions.pace as a user may set it; 1.0 is the voice's own."""
LOWEST_SEMITONES, HIGHEST_SEMITONES = -24, 24
"""Bounds of SpeechOptions.pitch_semitones as a user may set it; 0 is the voice's own."""
