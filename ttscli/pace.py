"""How slow and how fast a voice may be asked to speak; a module of its own because options are read before numpy is loaded."""

SLOWEST, FASTEST = 0.25, 4.0
"""Bounds of SpeechOptions.pace as a user may set it; 1.0 is the voice's own."""
