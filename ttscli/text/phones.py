"""The phones of the CMU Pronouncing Dictionary, in the order in which published symbol tables count them."""

CONSONANTS = (
    "B", "CH", "D", "DH", "F", "G", "HH", "JH", "K", "L", "M", "N", "NG", "P", "R", "S", "SH", "T", "TH", "V", "W", "Y", "Z", "ZH"
)  # fmt: skip
VOWELS = ("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW")
STRESSES = ("0", "1", "2")
"""What follows a vowel: unstressed, primary and secondary stress."""
