"""Sentences that prose lacks: numbers, money, dates, times, spelled letters, lists, single words, broken-off phrases.

A voice that learned from novels alone stumbles over "two hundred and fifteen" and "F B I". These are made from templates,
as a person would write them; the text front end turns them into words like any other text.
"""

import random
from collections.abc import Iterator

# fmt: off
_NAMES = [
    "Anna", "Brian", "Chloe", "David", "Elena", "Farid", "Grace", "Hiro", "Ingrid", "James", "Keiko", "Liam", "Maria",
    "Noah", "Olivia", "Priya", "Quentin", "Rosa", "Samuel", "Tara", "Umar", "Victor", "Wendy", "Xavier", "Yusuf",
    "Zoe", "Miller", "Garcia", "Nguyen", "Schmidt", "Kowalski", "O'Brien", "Patel", "Johnson", "Andersson", "Rossi",
]
_PLACES = [
    "London", "Chicago", "Berlin", "Toronto", "Sydney", "Nairobi", "Seattle", "Dublin", "Tokyo", "Madrid", "Houston",
    "Vienna", "Boston", "Lisbon", "Denver", "Oslo", "Cairo", "Brussels", "Phoenix", "Austin", "Geneva", "Portland",
    "Lima", "Seoul", "Dallas",
]
_THINGS = [
    "apples", "books", "chairs", "tickets", "batteries", "envelopes", "candles", "bottles", "sandwiches", "pencils",
    "blankets", "files", "messages", "photos", "passengers", "miles", "kilometers", "gallons", "pounds", "windows",
    "engines", "servers", "updates", "questions", "minutes",
]
_WORDS = [
    "yes", "no", "stop", "start", "open", "close", "save", "cancel", "delete", "battery", "network", "warning",
    "error", "settings", "keyboard", "message", "volume", "camera", "left", "right", "north", "south", "turn",
    "continue", "arrived", "connected", "disconnected", "unknown", "password", "thanks", "sorry", "perhaps",
    "exactly", "tomorrow", "tonight",
]
_MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
]
_DAYS = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
]
# fmt: on


def drills(count: int, seed: int = 0) -> Iterator[str]:
    """Yield `count` written sentences; the same seed gives the same sentences."""
    chance = random.Random(seed)
    makers = [_number, _money, _date, _time, _letters, _list, _word, _broken_off, _phone, _measure]
    for index in range(count):
        yield makers[index % len(makers)](chance)


def _number(chance: random.Random) -> str:
    n = chance.choice([chance.randint(0, 20), chance.randint(21, 99), chance.randint(100, 999), chance.randint(1000, 99999)])
    return chance.choice(
        [
            f"There are {n} {chance.choice(_THINGS)} in {chance.choice(_PLACES)}.",
            f"Only {n} of the {n + chance.randint(1, 900)} {chance.choice(_THINGS)} were left.",
            f"Chapter {n % 40 + 1}.",
            f"The answer is {n}.{chance.randint(0, 99)}.",
            f"That is the {n % 100 + 1}th time this {chance.choice(['week', 'month', 'year'])}!",
        ]
    )


def _money(chance: random.Random) -> str:
    amount = f"{chance.choice('$$$£€')}{chance.randint(1, 999)}" + chance.choice(["", f".{chance.randint(10, 99)}"])
    return chance.choice(
        [
            f"It costs {amount}.",
            f"{chance.choice(_NAMES)} paid {amount} for {chance.randint(2, 30)} {chance.choice(_THINGS)}.",
            f"Is {amount} too much?",
        ]
    )


def _date(chance: random.Random) -> str:
    day = f"{chance.choice(_MONTHS)} {chance.randint(1, 28)}"
    return chance.choice(
        [
            f"{chance.choice(_NAMES)} was born on {day}, {chance.randint(1850, 2030)}.",
            f"On {chance.choice(_DAYS)}, {day}, we fly to {chance.choice(_PLACES)}.",
            f"The contract ends in {chance.choice(_MONTHS)} {chance.randint(1990, 2040)}.",
        ]
    )


def _time(chance: random.Random) -> str:
    clock = f"{chance.randint(1, 12)}:{chance.randint(0, 59):02d}"
    return chance.choice(
        [
            f"The train to {chance.choice(_PLACES)} leaves at {clock} from platform {chance.randint(1, 24)}.",
            f"Shall we meet at {clock} on {chance.choice(_DAYS)}?",
            f"It is {clock} now.",
        ]
    )


def _letters(chance: random.Random) -> str:
    word = " ".join(chance.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(chance.randint(2, 5)))
    return chance.choice([f"The {word} said so.", f"Please spell it: {word}.", f"Press {word}, then wait.", f"{word}!"])


def _list(chance: random.Random) -> str:
    source = chance.choice([_NAMES, _PLACES, _THINGS])
    *some, last = chance.sample(source, chance.randint(3, 5))
    return f"{', '.join(some)}, {chance.choice(['and', 'or'])} {last}{chance.choice('..?')}"


def _word(chance: random.Random) -> str:
    return f"{chance.choice(_WORDS).capitalize()}{chance.choice('..!?')}"


def _broken_off(chance: random.Random) -> str:
    name, place = chance.choice(_NAMES), chance.choice(_PLACES)
    return chance.choice(
        [
            f"{name} went to {place} — or so we thought — and never wrote.",
            f"I wonder what {name} is doing…",
            f"Well… {place} is far away, {name}.",
            "No — wait!",
            f"{name}: the {chance.choice(_THINGS)} are here; the {chance.choice(_THINGS)} are not.",
        ]
    )


def _phone(chance: random.Random) -> str:
    digits = ", ".join(" ".join(str(chance.randint(0, 9)) for _ in range(n)) for n in (3, 4))
    return chance.choice(
        [f"Call {digits}.", f"The code is {digits}.", f"{chance.choice(_NAMES)}, room {chance.randint(100, 999)}."]
    )


def _measure(chance: random.Random) -> str:
    n = chance.randint(2, 120)
    return chance.choice(
        [
            f"It was {n} degrees in {chance.choice(_PLACES)}.",
            f"Add {n} grams of sugar and half a cup of milk.",
            f"About {n} percent of the {chance.choice(_THINGS)} arrived late.",
            f"The file is {n} megabytes.",
        ]
    )
