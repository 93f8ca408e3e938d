"""The punctuation that all stages of the text front end agree on; here so that none need import another's libraries."""

PAUSES = ",.!?;:—…"
"""Marks that a voice may pronounce as a pause or a melody; all other punctuation is silent."""
