"""The punctuation that all stages of the text front end agree on; here so that none need import another's libraries."""

import re

PAUSES = ",.!?;:—…"
"""Marks that a voice may pronounce as a pause or a melody; all other punctuation is silent."""

WORD = re.compile(rf"[^\s{re.escape(PAUSES)}]*\w[^\s{re.escape(PAUSES)}]*")
"""A word of spoken text, with the apostrophes and hyphens in it."""
