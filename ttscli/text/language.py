"""What a BCP 47 tag says of a language, as far as the rules of this package care."""


def is_english(tag: str) -> bool:
    """Tell whether `tag` is of English of any country: "en", "en-GB", "en_US"."""
    return tag.lower().replace("_", "-").partition("-")[0] == "en"


def is_american(tag: str) -> bool:
    """Tell whether `tag` is of English as it is read in the United States."""
    return tag.lower().replace("_", "-") == "en-us"
