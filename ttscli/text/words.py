"""Where each spoken word stands among the symbols of its sentence.

An alphabet puts " " between words, but espeak-ng speaks some words as one ("in the" → ɪnðə) and some as two ("iPhone"). Words
and groups of symbols are then set side by side in order, by the shares of the sentence that they take.
"""

from collections.abc import Callable, Sequence

from ttscli.contract import WordSpan
from ttscli.text.pauses import PAUSES, WORD


def word_spans(spoken: str, symbols: Sequence[str], length: Callable[[str], int]) -> tuple[WordSpan, ...]:
    """Find the words of `spoken` in `symbols`.

    Args:
        spoken: the sentence in spoken words.
        symbols: the sentence as an alphabet spells it; " " parts words, marks of PAUSES belong to no word.
        length: how many symbols a word takes when it is spoken alone; asked only when the words cannot simply be counted off.

    Returns:
        Spans in order that overlap nowhere and together hold every symbol that is neither " " nor in PAUSES. A span's text is
        more than one word where words are spoken as one; a word that is silent has no span.
    """
    words = WORD.findall(spoken)
    groups = _groups(symbols)
    if not words or not groups:
        return tuple(WordSpan(spoken.strip(), *group) for group in groups)
    if len(words) == len(groups):
        return tuple(WordSpan(word, *group) for word, group in zip(words, groups, strict=True))
    pairs = _align([length(word) for word in words], [stop - start for start, stop in groups])
    return tuple(_span(words, groups, pair) for pair in pairs)


def _groups(symbols: Sequence[str]) -> list[tuple[int, int]]:
    """Return the stretches of `symbols` between " " and marks, as (start, stop)."""
    groups: list[tuple[int, int]] = []
    start: int | None = None
    for place, symbol in enumerate([*symbols, " "]):
        if symbol != " " and symbol not in PAUSES:
            start = place if start is None else start
        elif start is not None:
            groups.append((start, place))
            start = None
    return groups


def _span(words: list[str], groups: list[tuple[int, int]], pair: tuple[int, int, int, int]) -> WordSpan:
    first_word, last_word, first_group, last_group = pair
    return WordSpan(" ".join(words[first_word:last_word]), groups[first_group][0], groups[last_group - 1][1])


_STEPS = tuple((n, 1) for n in range(1, 5)) + tuple((1, n) for n in range(2, 9))
"""(words, groups) that may stand for one another: up to four words spoken as one, one word spoken as up to eight."""


def _align(words: list[int], groups: list[int]) -> list[tuple[int, int, int, int]]:
    """Pair all words with all groups in order so that their lengths agree best.

    Args:
        words: length of each word spoken alone.
        groups: length of each group.

    Returns:
        (first word, word after the last, first group, group after the last) of each pair.
    """
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    for word in range(len(words) + 1):
        for group in range(len(groups) + 1):
            options = [
                (best[word - w, group - g][0] + _misfit(words[word - w : word], groups[group - g : group]), (w, g))
                for w, g in _STEPS
                if (word - w, group - g) in best
            ]
            if options:
                best[word, group] = min(options)
    place = (len(words), len(groups))
    if place not in best:
        return [(0, len(words), 0, len(groups))]
    pairs = []
    while place != (0, 0):
        w, g = best[place][1]
        pairs.append((place[0] - w, place[0], place[1] - g, place[1]))
        place = (place[0] - w, place[1] - g)
    return pairs[::-1]


def _misfit(words: list[int], groups: list[int]) -> float:
    # Pairs of one and one are preferred where lengths do not decide.
    return abs(sum(words) - sum(groups)) + 0.1 * (len(words) + len(groups) - 2)
